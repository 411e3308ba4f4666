import { expect, test } from '@jest/globals';
import { isLoopback } from './is-loopback.ts';

test("only this machine's own addresses are its own", () => {
  for (const address of ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1']) expect(isLoopback(address)).toBe(true);
  for (const address of [undefined, '', '10.0.0.1', '192.168.127.1', '::', '::ffff:10.0.0.1', '1127.0.0.1', '127.0.0.1.example', 'fe80::1']) expect(isLoopback(address)).toBe(false);
});

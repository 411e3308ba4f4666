import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createNonceSource, createRecordKey, openRecord, parseRecord, sealRecord } from '@tacet/sealed-record';
import type { Figures, Measurement } from '../frame/bench.ts';

const tag = { authTagLength: 16 } as const;
/** Between two looks at the clock. */
const callsPerLook = 200;

/** The record format in one process, beside a bare AEAD of node:crypto with the key as a KeyObject and a drawn nonce. */
export function measureRecords(): Measurement[] {
  return [
    measureSize('records-1k', 1_024, 3.0),
    measureSize('records-64k', 65_536, 1.9),
  ];
}

function measureSize(name: string, bytes: number, sealMost: number): Measurement {
  const secret = createSecretKey(randomBytes(32));
  const key = createRecordKey(secret, 1);
  const [drawNonce, plaintext, aad] = [createNonceSource(), randomBytes(bytes), randomBytes(104)];
  const context = { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 };
  const record = sealRecord(key, context, plaintext, drawNonce, true);
  const nonce = randomBytes(12);
  const sealBare = (drawn: Uint8Array) => {
    const cipher = createCipheriv('chacha20-poly1305', secret, drawn, tag).setAAD(aad, { plaintextLength: bytes });
    return { ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]), mac: cipher.getAuthTag() };
  };
  const own = sealBare(nonce);
  const openBare = () => {
    const decipher = createDecipheriv('chacha20-poly1305', secret, nonce, tag).setAAD(aad, { plaintextLength: bytes }).setAuthTag(own.mac);
    return Buffer.concat([decipher.update(own.ciphertext), decipher.final()]);
  };
  return {
    name,
    title: `A record of ${bytes} bytes in one process, µs a record`,
    columns: { time: { unit: 'µs', digits: 2, ratio: true } },
    baseline: 'bare AEAD, seal',
    cases: [
      { name: 'bare AEAD, seal', run: (seconds) => time(seconds, () => sealBare(drawNonce())) },
      { name: 'bare AEAD, open', run: (seconds) => time(seconds, openBare) },
      { name: 'seal', run: (seconds) => time(seconds, () => sealRecord(key, context, plaintext, drawNonce, true)) },
      { name: 'open', run: (seconds) => time(seconds, () => openRecord(key, context, parseRecord(record))) },
    ],
    bars: [
      { name: 'seal, of a bare AEAD', unit: '×', digits: 2, atMost: sealMost, value: (median) => median('seal', 'time') / median('bare AEAD, seal', 'time') },
      { name: 'open, of seal', unit: '×', digits: 2, atMost: 1, value: (median) => median('open', 'time') / median('seal', 'time') },
    ],
  };
}

async function time(seconds: number, work: () => unknown): Promise<Figures> {
  const start = performance.now();
  const end = start + seconds * 1_000;
  let calls = 0;
  for (; performance.now() < end; calls += callsPerLook) for (let i = 0; i < callsPerLook; i++) work();
  return { time: ((performance.now() - start) * 1_000) / calls };
}

import type { Check } from '../check.ts';
import { binaryExceptions } from '../exceptions.ts';

/** Largest file that is written by hand, in bytes. */
export const fileBytesMax = 512 * 1024;

const output = /(^|\/)(node_modules|dist|build|coverage|reports|\.nx|\.tacet|\.next|__pycache__)\/|\.(tsbuildinfo|log|tgz|tar|gz|zip|jar|gguf|node|so|dylib|dll|exe|pyc|pem|p12|heapsnapshot|cpuprofile)$|(^|\/)(core|\.env)$/;

/** What is built is built again; what is binary cannot be reviewed. */
export function checkCommittedOutput(exceptions: readonly { readonly file: string; readonly reason: string }[] = binaryExceptions): Check {
  return {
    name: 'nothing that was built, and nothing binary, is committed',
    find: (repository) => [
      ...repository.files.flatMap((file) => {
        if (exceptions.some((exception) => exception.file === file)) return [];
        if (output.test(file)) return [`${file}: it looks like something that was built`];
        const bytes = repository.bytes(file);
        if (bytes.includes(0)) return [`${file}: it is binary; list it with a reason, or leave it out`];
        return bytes.length > fileBytesMax && !file.endsWith('package-lock.json') ? [`${file}: ${bytes.length} bytes are too many to be written by hand`] : [];
      }),
      ...exceptions.filter(({ file }) => !repository.has(file)).map(({ file }) => `${file}: it is gone; take its exception off the list`),
    ],
  };
}

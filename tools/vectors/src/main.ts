import { checkFile } from './check-file.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  process.stderr.write('usage: npm run --silent vectors -- FILE    (JSON: records, wrapped DEKs or the salamander; see tools/vectors/README.md)\n');
  process.exitCode = 2;
} else {
  const { lines, exitCode } = checkFile(file);
  (exitCode === 2 ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}

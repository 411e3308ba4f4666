/** `npm run --silent bench -- NAME [MEASUREMENT…] [--json] [--seconds N] [--rounds N] [--write FILE] [--profile FOLDER]` */
import { readFile, writeFile } from 'node:fs/promises';
import { benches } from './benches.ts';
import { parseArguments, type BenchArguments } from './frame/parse-arguments.ts';
import { reportAsJson, reportAsMarkdown } from './frame/report.ts';
import { runBench } from './frame/run-bench.ts';
import { writeTables } from './frame/write-tables.ts';

const usage = `usage: npm run --silent bench -- ${Object.keys(benches).join('|')} [MEASUREMENT…] [--json] [--seconds N] [--rounds N] [--write FILE] [--profile FOLDER]`;

async function run(options: BenchArguments): Promise<void> {
  const load = benches[options.bench];
  if (load === undefined) throw new Error(`no such bench: ${options.bench}`);
  const { circumstances, measured } = await runBench(await load(), options, process.env, (line) => process.stderr.write(`${line}\n`));
  const tables = reportAsMarkdown(circumstances, measured);
  if (options.write !== undefined) await writeFile(options.write, writeTables(await readFile(options.write, 'utf8'), options.bench, tables));
  process.stdout.write(`${options.json ? reportAsJson(circumstances, measured) : tables}\n`);
}

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exitCode = 2;
}

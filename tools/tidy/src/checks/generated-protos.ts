import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check, Problem } from '../check.ts';
import type { Repository } from '../repository.ts';

const folder = 'libs/rpc/src/generated/';

/** Compares what is committed with what the protos give now. `generate` writes into a folder. */
export function checkGeneratedProtos(root: string, generate: (folder: string) => void = (output) => runGenerator(root, output)): Check {
  return {
    name: 'the types generated from the protos are current',
    find: (repository) => {
      const output = mkdtempSync(join(tmpdir(), 'tacet-protos-'));
      try {
        generate(output);
        const fresh = new Map(globSync('**/*.ts', { cwd: output }).map((file) => [`${folder}${file.replaceAll('\\', '/')}`, readFileSync(join(output, file), 'utf8')]));
        return compare(repository, fresh);
      } finally {
        rmSync(output, { recursive: true });
      }
    },
  };
}

function runGenerator(root: string, output: string): void {
  execFileSync(process.execPath, [join(root, 'tools', 'setup', 'generate-protos.mjs'), output], { cwd: root });
}

function compare(repository: Repository, fresh: ReadonlyMap<string, string>): Problem[] {
  const committed = repository.files.filter((file) => file.startsWith(folder));
  return [
    ...[...fresh].filter(([file, text]) => !repository.has(file) || repository.read(file) !== text).map(([file]) => `${file}: it is not what the protos give; npm run protos makes it anew`),
    ...committed.filter((file) => !fresh.has(file)).map((file) => `${file}: the protos no longer give it; npm run protos takes it away`),
  ];
}

// Makes libs/rpc/src/generated from proto/ with the options that libs/rpc loads the same files with.
// Usage: node tools/setup/generate-protos.mjs [OUTPUT_FOLDER]
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const output = process.argv[2] ?? join(root, 'libs', 'rpc', 'src', 'generated');
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const files = globSync('**/*.proto', { cwd: join(root, 'proto') }).sort();
const options = ['--longs=String', '--enums=String', '--defaults', '--oneofs', '--includeComments', '--grpcLib=@grpc/grpc-js', '--includeDirs=proto', '--targetFileExtension=.ts', '--importFileExtension=.ts'];
const { status } = spawnSync(join(root, 'node_modules', '.bin', 'proto-loader-gen-types'), [...options, `--outDir=${output}`, ...files], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
process.exit(status ?? 1);

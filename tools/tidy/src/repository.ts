import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The files that the checks look at. */
export interface Repository {
  /** Paths from the root, with `/`, sorted: what git has, and what it would take. */
  readonly files: readonly string[];
  has(file: string): boolean;
  /** Throws when the file is not there. */
  read(file: string): string;
  bytes(file: string): Buffer;
}

const listBytesMax = 64 * 1024 * 1024;

/** Opens a checkout, or a copy without git's own folder. Files that git ignores are not seen, so nothing that was built is. */
export function openRepository(root: string): Repository {
  const listed = existsSync(join(root, '.git')) ? askGit(root) : listFolder(root);
  const files = [...new Set(listed)].filter((file) => file !== '' && existsSync(join(root, file))).sort();
  const known = new Set(files);
  const bytes = (file: string) => readFileSync(join(root, file));
  return { files, has: (file) => known.has(file), read: (file) => bytes(file).toString('utf8'), bytes };
}

function askGit(root: string): string[] {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: listBytesMax }).split('\0');
}

/** What git would list, as far as .gitignore has only names of folders (`dist/`) and ends of names (`*.log`). */
function listFolder(root: string): string[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n').filter((line) => line !== '');
  const isIgnored = ({ name }: { name: string }) => ignored.some((line) => (line.startsWith('*') ? name.endsWith(line.slice(1)) : name === line.replace(/\/$/, '')));
  const list = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => !isIgnored(entry)).flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? list(path) : [path];
    });
  return list('.');
}

/** A repository that exists in memory alone: what the tests of the checks plant their violations in. */
export function plantRepository(texts: Readonly<Record<string, string>>): Repository {
  const text = (file: string) => {
    const found = texts[file];
    if (found === undefined) throw new Error(`${file} is not there`);
    return found;
  };
  return { files: Object.keys(texts).sort(), has: (file) => Object.hasOwn(texts, file), read: text, bytes: (file) => Buffer.from(text(file)) };
}

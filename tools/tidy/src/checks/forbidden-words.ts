import type { Check, Problem } from '../check.ts';
import { isGenerated } from '../syntax-tree.ts';

interface ForbiddenWord {
  readonly pattern: RegExp;
  readonly why: string;
}

/** What belongs to the places where the work was done, and says nothing to who reads the repository. */
const forbiddenWords: readonly ForbiddenWord[] = [
  { pattern: /(?<![\w.:/-])\/(?:work|workspace|mnt|builds?)\/\w/g, why: 'a path of somebody’s machine' },
  { pattern: /(?<![\w.])\/(?:root|home\/[a-z][\w-]+|Users\/[A-Za-z][\w-]+)\//g, why: 'a path of somebody’s machine' },
  { pattern: /\bphase (?:\d|one|two|three)\b/gi, why: 'a phase of the work' },
  { pattern: /\b(?:milestone|sprint|workstream) \d/gi, why: 'a phase of the work' },
  { pattern: /\b(?:this|the|my|your) (?:brief|session|assignment|handover)\b(?=[ ,.;:]*(?:says|asked|said|wants|of this work|was started))/gi, why: 'how the work was given' },
  { pattern: /\b(?:sub-?agents?|co-?pilots?'? session|prompt engineer\w*)\b/gi, why: 'who did the work' },
  { pattern: /\b(?:design|toolchain|house-rules|wire-contract|field-bugs|money|names|contracts|privacy-claims|sealed-records)\.md\b/g, why: 'a page that is not in the repository' },
  { pattern: /(?<![\w#&/])(?:issue|ticket|bug) #\d+/gi, why: 'a number of a list that the reader does not have' },
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g, why: 'something left for later' },
];

const text = /\.(md|ts|tsx|mts|mjs|js|json|ya?ml|sql|sh|proto|css|html|py|toml|xml|lua|tpl|txt)$|(^|\/)(Dockerfile|Makefile|\.[a-z]+rc)$/;

/** The repository speaks of itself alone. */
export const checkForbiddenWords: Check = {
  name: 'the repository speaks of itself alone',
  find: (repository) => {
    const pages = new Set(repository.files.filter((file) => file.endsWith('.md')).map((file) => file.split('/').at(-1)));
    return repository.files.filter((file) => text.test(file) && !file.endsWith('package-lock.json') && !isGenerated(file) && !file.startsWith('tools/tidy/')).flatMap((file) =>
      repository.read(file).split('\n').flatMap((line, index) => {
        const found: Problem[] = [];
        for (const { pattern, why } of forbiddenWords) {
          for (const [word] of line.matchAll(pattern)) if (!pages.has(word)) found.push(`${file}:${index + 1}: "${word}" is ${why}`);
        }
        return found;
      }),
    );
  },
};

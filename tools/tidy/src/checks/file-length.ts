import type { Check } from '../check.ts';
import { sizeExceptions, type SizeException } from '../exceptions.ts';
import { judgeSizes } from '../judge-size.ts';
import { isGenerated } from '../syntax-tree.ts';

/** Files have fewer lines than this. */
export const fileLinesMax = 400;

/** Protos are not among them: they are documentation, and one service is one file. */
const code = /\.(ts|tsx|mts|mjs|js|sql|sh|css|html|py)$/;

/** Long files are where everything ends up. */
export function checkFileLength(exceptions: readonly SizeException[] = sizeExceptions): Check {
  return {
    name: `every file of code has fewer than ${fileLinesMax} lines`,
    find: (repository) => {
      const files = repository.files.filter((file) => code.test(file) && !isGenerated(file));
      const sized = files.map((file) => ({ where: file, place: file, lines: countLines(repository.read(file)) }));
      return judgeSizes('a file', fileLinesMax, sized, exceptions.filter(({ where }) => !where.includes('#')));
    },
  };
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

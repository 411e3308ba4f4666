import type { Check } from '../check.ts';
import { listProjects } from '../projects.ts';

const charactersMin = 200;

/** A project that nobody can explain in a README is not understood. */
export const checkReadmes: Check = {
  name: 'every project has a README that says what it is',
  find: (repository) =>
    listProjects(repository).flatMap(({ folder }) => {
      const file = `${folder}/README.md`;
      if (!repository.has(file)) return [`${folder}: there is no README.md`];
      const text = repository.read(file);
      if (!text.startsWith('# ')) return [`${file}: it does not begin with a title`];
      return text.length < charactersMin ? [`${file}: it says too little for a stranger`] : [];
    }),
};

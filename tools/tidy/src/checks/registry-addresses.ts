import type { Check } from '../check.ts';

/** Addresses that packages are fetched from. Where they come from is the business of who installs. */
const addresses = [
  /\bregistry\.(?:npmjs\.org|yarnpkg\.com|npmmirror\.com)\b/,
  /\bnpm\.pkg\.github\.com\b/,
  /\b(?:test\.)?pypi\.org\b/,
  /\bfiles\.pythonhosted\.org\b/,
  /\brepo1?\.maven(?:\.apache)?\.org\b/,
  /\b(?:proxy|sum)\.golang\.org\b/,
  /\b(?:static\.)?crates\.io\b/,
  /\bhuggingface\.co\b/,
  /\b(?:deb|security)\.debian\.org\b/,
  /\bgithub\.com\/[^\s"')]+\/releases\/download\b/,
  /\bobjects\.githubusercontent\.com\b/,
];

/** An address in a lock file, or anywhere else, binds everybody to one place. */
export const checkRegistryAddresses: Check = {
  name: 'no file holds the address of a registry',
  find: (repository) =>
    repository.files.filter((file) => !/\.(png|ico|woff2?|jpe?g|gguf)$/.test(file)).flatMap((file) =>
      repository.read(file).split('\n').flatMap((line, index) => {
        const resolved = file.endsWith('package-lock.json') && /"resolved": "https?:/.test(line);
        return resolved || addresses.some((address) => address.test(line)) ? [`${file}:${index + 1}: it holds the address of a registry`] : [];
      }),
    ),
};

// Tests that download, install or take minutes are run only when they are asked for, and then alone (`npm run test:long`).
const long = process.env.TACET_LONG === '1';

/** Jest for every project (`jest --config ../../jest.config.mjs --rootDir .`): native ESM, sources as they are, nothing built. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['src', 'tests'].map((folder) => `<rootDir>/${folder}/**/*${long ? '.long' : ''}.test.ts`),
  testPathIgnorePatterns: ['/node_modules/', ...(long ? [] : ['\\.long\\.test\\.ts$'])],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' }],
  },
  transformIgnorePatterns: ['/node_modules/'],
  // The package exports its TypeScript under the condition that stands for ours, and no Node runs TypeScript inside node_modules.
  moduleNameMapper: {
    '^eventsource-parser$': '<rootDir>/../../node_modules/eventsource-parser/dist/index.js',
    '^eventsource-parser/stream$': '<rootDir>/../../node_modules/eventsource-parser/dist/stream.js',
  },
  testTimeout: 30_000,
};

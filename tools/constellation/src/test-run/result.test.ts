import { expect, test } from '@jest/globals';
import { resultOf, type JestReport } from './result.ts';

const project = { name: '@tacet/edge', folder: 'apps/edge', hasTests: true };
const file = { name: '/home/x/tacet/apps/edge/src/a.test.ts', status: 'passed', endTime: 3_500, assertionResults: [{ status: 'passed', fullName: 'a holds' }] };
const report: JestReport = { success: true, startTime: 1_000, numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, testResults: [file] };

test('tests are counted and timed', () => {
  expect(resultOf(project, report)).toEqual({ name: '@tacet/edge', passed: 1, failed: 0, ms: 2_500, remarks: [] });
});

test('failed tests are named, with the reason and without its stack', () => {
  const failureMessages = ['Error: \u001b[31mboom\u001b[39m\n\nExpected: 1\n    at somewhere (a.ts:1:2)'];
  const failing = { ...file, status: 'failed', assertionResults: [{ status: 'failed', fullName: 'a holds', failureMessages }] };
  const result = resultOf(project, { ...report, success: false, numPassedTests: 0, numFailedTests: 1, testResults: [failing] });
  expect(result).toMatchObject({ failed: 1, remarks: ['src/a.test.ts: a holds', '    Error: boom', '    Expected: 1'] });
});

test('a file that could not be run is a failure, though no test of it failed', () => {
  const broken = { ...file, status: 'failed', message: 'no such module', assertionResults: [] };
  expect(resultOf(project, { ...report, success: false, testResults: [file, broken] })).toMatchObject({ passed: 1, failed: 1, remarks: ['src/a.test.ts: could not be run', '    no such module'] });
});

test('a project that did not report, or ran nothing, has failed; one without tests is only named', () => {
  expect(resultOf(project, undefined)).toMatchObject({ failed: 1, remarks: ['did not report'] });
  expect(resultOf(project, { ...report, numPassedTests: 0, testResults: [] })).toMatchObject({ failed: 1, remarks: ['ran no test'] });
  expect(resultOf({ ...project, hasTests: false }, undefined)).toMatchObject({ failed: 0, remarks: ['has no tests'] });
});

test('skipped tests are told', () => {
  expect(resultOf(project, { ...report, numPendingTests: 2 })).toMatchObject({ failed: 0, remarks: ['2 skipped'] });
});

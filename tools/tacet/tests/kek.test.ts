import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import { documentOf, tacet, type CommandLineOptions } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

let fake: FakeDeployment;
const run = (line: string, options: CommandLineOptions = {}) => tacet(line.split(' '), { folder: fake.folder, ...options });

const kek = (kekVersion: number, state: string, deks: string) => ({
  provider: 'local',
  kekId: 'main',
  kekVersion,
  state,
  deks,
  rewrappedAtMs: '0',
  health: 'usable',
});
const calledOf = () => fake.calls.map(({ rpc }) => rpc.replace('KeyService.', ''));

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

/** A key-service with so many DEKs under version 1, whose rewrap streams do what `streams` say, one after the other. */
function keyService(deks: number, streams: readonly Implementation<'KeyService'>['RewrapAll'][]): void {
  const keks = [kek(1, 'active', String(deks))];
  let opened = 0;
  fake.answer({
    KeyService: {
      DescribeKeys: async () => ({ keks }),
      RotateKek: async () => {
        for (const old of keks) old.state = 'retired';
        keks.push(kek(keks.length + 1, 'active', '0'));
        return keks.at(-1)!;
      },
      RewrapAll: async function* (request, call) {
        const stream = streams[opened++];
        if (!stream) throw new TacetError('internal_error');
        for await (const progress of stream(request, call)) {
          if (progress.finished) {
            keks.at(-1)!.deks = String(deks);
            for (const old of keks.slice(0, -1)) old.deks = '0';
          }
          yield progress;
        }
      },
    },
  });
}

const steps = (...of: readonly [number, boolean][]): Implementation<'KeyService'>['RewrapAll'] =>
  async function* () {
    for (const [done, finished] of of) yield { done, total: 4, finished };
  };

test('a rotation makes a version and wraps everything under it', async () => {
  keyService(4, [steps([2, false], [4, true])]);
  const result = await run('kek rotate --json');
  expect(result.code).toBe(0);
  expect(documentOf(result)).toEqual({
    rotated: true,
    rewrapped: '4',
    skipped: '0',
    destroyed: [],
    keks: [
      { provider: 'local', kek_id: 'main', kek_version: 1, state: 'retired', deks: '0', created_at: null, rewrapped_at: null, health: 'usable' },
      { provider: 'local', kek_id: 'main', kek_version: 2, state: 'active', deks: '4', created_at: null, rewrapped_at: null, health: 'usable' },
    ],
  });
  expect(calledOf()).toEqual(['DescribeKeys', 'RotateKek', 'RewrapAll', 'DescribeKeys']);
  expect(result.stderr).toContain('Wrapped 4 of 4 data keys.');
});

test('a terminal sees a bar, anything else does not', async () => {
  keyService(4, [steps([2, false], [4, true])]);
  const seen = await run('kek rotate', { terminal: true });
  expect(seen.stderr).toContain('rewrapping [###############---------------] 50 % (2 of 4)');
  keyService(4, [steps([2, false], [4, true])]);
  expect((await run('kek rotate')).stderr).not.toContain('[#');
});

test('a stream that ends early is opened again, and the rotation is not repeated', async () => {
  keyService(4, [steps([1, false]), steps([2, false], [4, true])]);
  expect((await run('kek rotate')).code).toBe(0);
  expect(calledOf()).toEqual(['DescribeKeys', 'RotateKek', 'RewrapAll', 'RewrapAll', 'DescribeKeys']);
});

test('what was interrupted goes on when the command is typed again, without another version', async () => {
  const interrupt = new AbortController();
  const stuck: Implementation<'KeyService'>['RewrapAll'] = async function* (_, { signal }) {
    yield { done: 1, total: 4, finished: false };
    interrupt.abort();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  };
  keyService(4, [stuck, steps([4, true])]);
  const { code, stderr } = await run('kek rotate', { signal: interrupt.signal });
  expect(code).toBe(130);
  expect(stderr).toContain('type `tacet kek rotate` again');
  const second = await run('kek rotate --json');
  expect(documentOf(second)).toMatchObject({
    rotated: false,
    rewrapped: '4',
    skipped: '0',
    keks: [
      { kek_version: 1, deks: '0' },
      { kek_version: 2, deks: '4' },
    ],
  });
  expect(calledOf().filter((rpc) => rpc === 'RotateKek')).toHaveLength(1);
});

test('keys that cannot be unwrapped are told, and do not keep the next version away for ever', async () => {
  fake.answer({
    KeyService: {
      DescribeKeys: async () => ({ keks: [kek(1, 'retired', '1'), kek(2, 'active', '3')] }),
      RotateKek: async () => kek(3, 'active', '0'),
      RewrapAll: async function* () {
        yield { done: 4, total: 4, skipped: 1, finished: true };
      },
    },
  });
  const result = await run('kek rotate --json');
  expect(result.code).toBe(1);
  expect(documentOf(result)).toMatchObject({ rotated: false, rewrapped: '3', skipped: '1' });
  expect(result.stderr).toContain('1 keys could not be unwrapped');
  expect(calledOf()).not.toContain('RotateKek');
  expect(documentOf(await run('kek rotate --new-version --json'))).toMatchObject({ rotated: true });
  expect(calledOf()).toContain('RotateKek');
});

test("key-service's own refusal is not tried again", async () => {
  keyService(4, [
    () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          throw new TacetError('kek_disabled');
        },
      }),
    }),
  ]);
  const result = await run('kek rotate');
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('kek_disabled');
  expect(calledOf().filter((rpc) => rpc === 'RewrapAll')).toHaveLength(1);
});

test('versions are listed', async () => {
  keyService(4, []);
  expect((await run('kek status')).stdout).toBe(
    'PROVIDER  KEK   VERSION  STATE   HEALTH  DEKS  SINCE  REWRAPPED\nlocal     main        1  active  usable     4  -      -\n',
  );
});

function destroyable(...keks: readonly ReturnType<typeof kek>[]): void {
  fake.answer({
    KeyService: {
      DescribeKeys: async () => ({ keks: [...keks] }),
      DestroyKekVersion: async ({ kekVersion, force }) => {
        if (!force && keks.find((one) => one.kekVersion === kekVersion)?.deks !== '0') throw new TacetError('conflict');
        return kek(kekVersion, 'destroyed', '0');
      },
    },
  });
}

test('a version is destroyed only when that was meant', async () => {
  destroyable(kek(1, 'retired', '0'), kek(2, 'active', '4'));
  expect((await run('kek destroy 1')).code).toBe(2);
  expect((await run('kek destroy 1', { terminal: true, typed: '' })).code).toBe(1);
  expect(calledOf()).not.toContain('DestroyKekVersion');
  expect(documentOf(await run('kek destroy 1 --yes --json'))).toMatchObject({ kek_version: 1, state: 'destroyed' });
  expect(fake.calls.at(-1)?.request).toEqual({ kekId: 'main', kekVersion: 1, force: false });
});

test('the question says what would be lost, and a refusal is told', async () => {
  destroyable(kek(1, 'retired', '3'), kek(2, 'active', '4'));
  const asked = await run('kek destroy 1 --force', { terminal: true, typed: 'no' });
  expect(asked.stderr).toContain("3 data keys are wrapped by it: with --force their accounts' messages are lost.");
  expect((await run('kek destroy 1 --yes')).stderr).toContain('tacet: conflict:');
  expect((await run('kek destroy 1 --yes --force')).code).toBe(0);
});

test('an unknown or an ambiguous version is wrong usage', async () => {
  destroyable(kek(1, 'retired', '0'), { ...kek(1, 'retired', '0'), kekId: 'other' });
  expect((await run('kek destroy 7 --yes')).code).toBe(2);
  expect((await run('kek destroy 1 --yes')).stderr).toContain('--kek with one of main, other');
  expect((await run('kek destroy 1 --kek other --yes')).code).toBe(0);
});

test('a schedule rotates what is old enough, and destroys only what key-service lets go', async () => {
  const dayMs = 86_400_000;
  const at = (kekVersion: number, state: string, deks: string, days: number) => ({ ...kek(kekVersion, state, deks), createdAtMs: String(Date.now() - days * dayMs), isDefault: true });
  const stranger = { ...kek(1, 'retired', '9'), kekId: 'customers/acme' };
  const keks = [at(1, 'retired', '0', 400), at(2, 'retired', '0', 200), at(3, 'active', '4', 100), stranger];
  fake.answer({
    KeyService: {
      DescribeKeys: async () => ({ keks }),
      RotateKek: async () => kek(4, 'active', '0'),
      RewrapAll: steps([4, true]),
      DestroyKekVersion: async ({ kekVersion }) => {
        if (kekVersion === 2) throw new TacetError('conflict', { message: 'Backups of the keystore may need the version until tomorrow.' });
        return kek(kekVersion, 'destroyed', '0');
      },
    },
  });
  expect(documentOf(await run('kek rotate --if-older-than 101 --json'))).toMatchObject({ rotated: false });
  expect(calledOf()).toEqual(['DescribeKeys']);
  const due = await run('kek rotate --if-older-than 100 --destroy-old --json');
  expect(due.stderr).toContain('9 of them are of accounts with a key of their own, and stay under it.');
  expect(documentOf(due)).toMatchObject({ rotated: true, destroyed: [1] });
  expect(due.stderr).toContain('main version 2 stays: Backups of the keystore may need the version until tomorrow.');
});

test("an account's own key is tried, set, looked at, rewrapped and taken back", async () => {
  const id = '01890000-0000-7000-8000-000000000001';
  const answer = { accountId: Buffer.from(id.replaceAll('-', ''), 'hex'), provider: 'vault-transit', kekId: 'customers/acme', kekVersion: 2, deks: 3 };
  fake.answer({
    KeyService: {
      VerifyProvider: async () => answer,
      SetAccountKek: async ({ providerName }) => (providerName === '' ? { ...answer, provider: 'local', kekId: 'main' } : answer),
      RewrapDek: async ({ accountId }) => ({ deks: [{ accountId, dekVersion: 1, kekId: 'customers/acme', kekVersion: 2 }] }),
      RotateDek: async ({ accountId }) => ({ accountId, dekVersion: 2, kekId: 'customers/acme', kekVersion: 2 }),
      DescribeKeys: async () => ({ keks: [{ ...kek(2, 'active', '3'), kekId: 'customers/acme' }] }),
    },
  });
  expect((await run('kek verify customers acme')).stdout).toBe('customers/acme version 2 works (vault-transit).\n');
  expect((await run(`kek account set ${id} customers acme`)).stdout).toBe('customers/acme version 2 wraps the 3 data keys of the account from now on.\n');
  expect(fake.calls.at(-1)?.request).toMatchObject({ providerName: 'customers', key: 'acme' });
  expect(documentOf(await run(`kek account rewrap ${id} --json`))).toEqual({ account_id: id, deks: [{ dek_version: 1, kek_id: 'customers/acme', kek_version: 2 }] });
  expect((await run(`kek account status ${id}`)).stdout).toContain('customers/acme');
  expect(documentOf(await run(`kek account clear ${id} --json`))).toMatchObject({ provider: 'local', kek_id: 'main' });
  expect((await run(`kek new-dek ${id}`)).stdout).toContain('data key version 2');
});

test("a key that is disabled is told as such, with the way out", async () => {
  fake.answer({ KeyService: { VerifyProvider: async () => Promise.reject(new TacetError('kek_disabled')) } });
  const result = await run('kek verify customers acme');
  expect([result.code, result.stderr.includes('kek_disabled')]).toEqual([1, true]);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, issueInto, makeAuthority, type Authority } from '@tacet/certificates';
import { TacetError } from '@tacet/errors';
import {
  offer,
  startRpcServer,
  type Identity,
  type Implementation,
  type Policy,
  type RpcCall,
  type RpcServer,
  type TlsFiles,
} from '@tacet/rpc';

type Served = 'AccountAdmin' | 'KeyService' | 'Ledger';

/** Answers of the three services; an rpc that is left out answers `internal_error`. */
export type Answers = { readonly [S in Served]?: Partial<Implementation<S>> };

/** One call that arrived, in order. */
export interface RecordedCall {
  readonly rpc: string;
  readonly request: unknown;
  readonly caller: Identity;
}

/** gRPC servers over mutual TLS under the identities of the real ones, with answers that a test gives. */
export interface FakeDeployment {
  /** With `.tacet/operator.json`, so that a command that is run here finds the servers. */
  readonly folder: string;
  readonly authority: Authority;
  readonly calls: RecordedCall[];
  /** Changes what is answered from now on. */
  answer(answers: Answers): void;
  address(service: Served): string;
  stop(): Promise<void>;
}

const servers: { readonly [S in Served]: Identity } = { AccountAdmin: 'account', KeyService: 'key-service', Ledger: 'billing' };

export async function startFakeDeployment(): Promise<FakeDeployment> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-cli-'));
  const authority = await makeAuthority();
  const calls: RecordedCall[] = [];
  let current: Answers = {};
  const running = new Map<Served, RpcServer>();
  for (const service of Object.keys(servers) as Served[]) {
    running.set(service, await start(service, await tlsOf(authority, servers[service]), calls, () => current));
  }
  const address = (service: Served) => `127.0.0.1:${running.get(service)?.port}`;
  await issueInto(join(folder, '.tacet', 'tls'), authority, { identity: 'operator' });
  const file = {
    version: 1,
    tlsDir: 'tls',
    ledgerAddress: address('Ledger'),
    directoryAddress: address('AccountAdmin'),
    keysAddress: address('KeyService'),
  };
  writeFileSync(join(folder, '.tacet', 'operator.json'), JSON.stringify(file));
  return {
    folder,
    authority,
    calls,
    address,
    answer: (answers) => {
      current = answers;
      calls.length = 0;
    },
    stop: async () => {
      await Promise.all([...running.values()].map((server) => server.stop(200)));
      await rm(folder, { recursive: true });
    },
  };
}

export async function tlsOf(authority: Authority, identity: string, days?: number): Promise<TlsFiles> {
  const { certificate, key } = await issue(authority, { identity, ...(days === undefined ? {} : { days }) });
  return { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
}

function start(service: Served, tls: TlsFiles, calls: RecordedCall[], answers: () => Answers): Promise<RpcServer> {
  const policy = new Proxy({}, { get: () => ['operator'] }) as Policy<Served>;
  const implementation = new Proxy(
    {},
    {
      get: (_, method: string) => (request: unknown, call: RpcCall) => {
        calls.push({ rpc: `${service}.${method}`, request, caller: call.caller });
        const answer = (answers()[service] as Record<string, ((request: unknown, call: RpcCall) => unknown) | undefined> | undefined)?.[
          method
        ];
        if (!answer) throw new TacetError('internal_error');
        return answer(request, call);
      },
    },
  ) as Implementation<Served>;
  return startRpcServer({ host: '127.0.0.1', port: 0, tls, onInternalError: () => undefined, drainMs: 2_000 }, [offer(service, policy, implementation)]);
}

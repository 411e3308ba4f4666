import type { ApplicationProcess } from './application-process.ts';
import type { Application } from './applications.ts';
import type { DeploymentAddresses, DeploymentMode } from './application-environment.ts';
import type { MovableClock } from './clock.ts';
import type { CreateAccountOptions, TestAccount } from './create-account.ts';
import type { WorkerOptions, DemoWorkerProcess } from './demo-worker.ts';
import type { DeploymentPaths } from './deployment-paths.ts';
import type { TestModel } from './models.ts';
import type { OperatorClients } from './operator-clients.ts';
import type { ConstellationServers, Through } from './servers.ts';

export interface ConstellationOptions {
  /** `embedded`: usage goes straight to billing, limits stay in memory. `cluster`: Kafka and Redis. */
  readonly mode: DeploymentMode;
  /** How many of each process; one each unless given, 0 leaves it out. The pruner runs as a loop. */
  readonly edges?: number;
  readonly billings?: number;
  readonly keyServices?: number;
  readonly accounts?: number;
  readonly pruners?: number;
  /** Demo workers (one unless given), each a pool of its own; or the text of a workers.yaml. */
  readonly worker?: WorkerOptions | readonly WorkerOptions[] | { readonly workersYaml: string };
  readonly models?: readonly TestModel[];
  /** Lifetime of an edge's session, from which all times of the money protocol derive; 5,000 unless given. */
  readonly sessionMs?: number;
  /** Further variables by process; they win over those that are computed. */
  readonly settings?: Readonly<Partial<Record<Application, Readonly<Record<string, string>>>>>;
  /** Further flags of node by process, such as `--max-semi-space-size=32`. */
  readonly nodeFlags?: Readonly<Partial<Record<Application, readonly string[]>>>;
  /** Processes whose clock can be moved, and where it starts, in milliseconds from the real one. */
  readonly clockOffsetMs?: Readonly<Partial<Record<Application, number>>>;
  /** Servers of its own even in a test run that shares them: to kill them or to look into their folders. */
  readonly ownServers?: boolean;
  /**
   * Puts something between servers and their clients: asked for each own server (`postgres-main`, `postgres-keystore`, `redis`,
   * `kafka`) and each gRPC door (`billing-1`, `account`, …), it answers the port of loopback that clients are told instead.
   */
  readonly through?: Through;
  /** Further settings of own Postgres instances, as in postgresql.conf; they are not durable unless these say so. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Where everything is kept; a temporary folder unless given, removed by `stop()` (set TEST_KEEP=yes to keep it). */
  readonly folder?: string;
  /** Told what is installed or fetched. */
  readonly tell?: (line: string) => void;
}

export interface EdgeHandle {
  readonly process: ApplicationProcess;
  /** Public door, without `/v1`. */
  readonly url: string;
  /** Internal door (mutual TLS). */
  readonly internalUrl: string;
  readonly spoolFolder: string;
}

export interface AccountHandle {
  readonly process: ApplicationProcess;
  readonly url: string;
  /** gRPC, `host:port`. */
  readonly address: string;
}

/** billing, key-service: gRPC alone. */
export interface RpcHandle {
  readonly process: ApplicationProcess;
  /** gRPC, `host:port`. */
  readonly address: string;
}

/** A running deployment of real processes on real servers. */
export interface Constellation {
  readonly mode: DeploymentMode;
  readonly paths: DeploymentPaths;
  readonly addresses: DeploymentAddresses;
  readonly edges: readonly EdgeHandle[];
  readonly accounts: readonly AccountHandle[];
  readonly billings: readonly RpcHandle[];
  readonly keyServices: readonly RpcHandle[];
  readonly pruners: readonly ApplicationProcess[];
  /** All of the product's processes. */
  readonly processes: readonly ApplicationProcess[];
  readonly servers: ConstellationServers;
  readonly workers: readonly DemoWorkerProcess[];
  readonly operator: OperatorClients;
  /** The clocks of the processes that `clockOffsetMs` names, by the process's name (`pruner`, `edge-2`). */
  readonly clocks: Readonly<Record<string, MovableClock>>;
  /** Makes a verified account with credit and an API key. */
  createAccount(options?: CreateAccountOptions): Promise<TestAccount>;
  /** Publishes models and prices. */
  applyModels(models: readonly TestModel[]): Promise<void>;
  /** Stops edges first, servers last; leaves nothing running. Safe to call twice. */
  stop(): Promise<void>;
}

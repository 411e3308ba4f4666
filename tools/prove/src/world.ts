import { repositoryFolder, type Application, type ApplicationProcess, type Constellation } from '@tacet/constellation';
import { createRpcClient, readTlsFolder, type RpcClient } from '@tacet/rpc';
import type { StripeFake } from '@tacet/stripe-fake';
import { scanSinks, type Quarry, type Sink } from '@tacet/testing';
import pg from 'pg';
import { hold, require } from './claim.ts';
import { Person } from './person.ts';
import { openSinks, type SinkName } from './sinks.ts';
import { untilConnected } from './until-connected.ts';

/** The deployment that claims are checked on, and what a check needs to look into it. */
export interface World {
  readonly constellation: Constellation;
  /** What account may ask of key-service. */
  readonly seals: RpcClient<'SealService'>;
  /** Superusers of the two instances. */
  readonly main: pg.Pool;
  readonly keystore: pg.Pool;
  /** The payment provider, played at the wire. */
  readonly stripe: StripeFake;
  /** Whether checks that take minutes are made in full. */
  readonly isLong: boolean;
  /** Tells people what a check could not do here. */
  readonly tell: (line: string) => void;
  /** A folder for this check's own things, which nothing else looks into. */
  readonly workshop: string;
  /** Throws `ClaimBroken` if anything of the quarry is in a sink, an `Error` if a sink does not show what was planted in it. */
  expectClean(sinks: readonly SinkName[], quarry: Quarry, sinceMs: number): Promise<void>;
  /** The one process of an application. */
  process(application: Application): ApplicationProcess;
  /** Starts it again, from the sources that it ran from (`under` another command), and waits until all others talk with it. */
  restart(application: Application, under?: readonly string[]): Promise<void>;
  /** Where the sources of a process are: the repository, or a patched copy of it. */
  sourcesOf(application: Application): string;
  /** Runs processes from another copy of the sources (the repository unless given) and waits until all others talk with them. */
  runFrom(applications: readonly Application[], sources?: string): Promise<void>;
  close(): Promise<void>;
}

/** What a world is opened with, beside its constellation. */
export interface WorldOptions extends Pick<World, 'stripe' | 'isLong' | 'tell' | 'workshop'> {
  /** The folder that the processes have for temporary files. */
  readonly temporary: string;
}

/** Opens what checks need of a constellation. */
export async function openWorld(constellation: Constellation, { temporary, ...given }: WorldOptions): Promise<World> {
  const { servers, paths, addresses, processes } = constellation;
  const sinks = openSinks(constellation, given.stripe, temporary);
  const tls = readTlsFolder(paths.certificates('account'));
  const seals = createRpcClient('SealService', { address: addresses.keys, tls, server: 'key-service' });
  const pool = (connectionString: string) => {
    const opened = new pg.Pool({ connectionString, max: 2 });
    opened.on('error', () => undefined);
    return opened;
  };
  const main = pool(servers.databases.main.databaseAdminUrl);
  const keystore = pool(servers.databases.keystore.databaseAdminUrl);
  const sources = new Map<Application, string>();
  const processOf = (application: Application) => {
    const process = processes.find((candidate) => candidate.application === application);
    if (!process) throw new Error(`there is no ${application}`);
    return process;
  };
  const sourcesOf = (application: Application) => sources.get(application) ?? repositoryFolder;
  const bystander = await Person.create(constellation);
  await bystander.converse({ title: 'Whether everything is connected' });
  const restartAll = async (applications: readonly Application[], under: readonly string[] = []) => {
    await Promise.all(
      applications.map(async (application) => {
        await processOf(application).restart({}, sourcesOf(application), under);
        await processOf(application).waitUntilReady();
      }),
    );
    if (applications.length > 0) await untilConnected(constellation, seals, bystander);
  };
  return {
    ...given,
    constellation,
    seals,
    main,
    keystore,
    expectClean: (names, quarry, sinceMs) => expectClean(names.map((name) => sinks[name]), quarry, sinceMs),
    process: processOf,
    restart: (application, under) => restartAll([application], under),
    sourcesOf,
    runFrom: async (applications, from) => {
      for (const application of applications) {
        if (from === undefined) sources.delete(application);
        else sources.set(application, from);
      }
      await restartAll(applications);
    },
    close: async () => {
      seals.close();
      await Promise.all([main.end(), keystore.end()]);
    },
  };
}

async function expectClean(sinks: readonly Sink[], quarry: Quarry, sinceMs: number): Promise<void> {
  // Clocks of files are coarser than ours.
  const scans = await scanSinks(sinks, quarry, sinceMs - 1_000);
  for (const { sink, isValid, findings } of scans) {
    require(isValid, `what was planted in "${sink}" was not found there`);
    const [first] = findings;
    hold(!first, `${first?.label} was found in "${sink}", written as ${first?.encoding} (${first?.where.split('/').at(-1)})`);
  }
}

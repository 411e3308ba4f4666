/** Where the test run's shared servers are; `npm test` starts them once and passes this on. */
export interface SharedServers {
  /** A superuser's, for the database `postgres`. */
  readonly postgresMainUrl: string;
  readonly postgresKeystoreUrl: string;
  /** Shared by all: what a test writes there has names of its own, and nobody flushes it. */
  readonly redisUrl?: string;
  /** `host:port`, shared by all: topics have names of their own. */
  readonly kafkaBroker?: string;
}

/** Variable that names the shared servers, as JSON. */
export const sharedServersVariable = 'TEST_SERVERS';

/** The shared servers of this run; undefined when a test is run alone. */
export function sharedServers(): SharedServers | undefined {
  const text = process.env[sharedServersVariable];
  return text ? (JSON.parse(text) as SharedServers) : undefined;
}

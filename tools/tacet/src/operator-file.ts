import { z } from 'zod';

/** The name of the file in a data folder by which `tacet` finds its deployment. */
export const operatorFileName = 'operator.json';

const address = () => z.string().regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port');
const path = () => z.string().min(1, 'must not be empty');

/**
 * What `DATA/operator.json` says of the deployment whose data folder it lies in. Whoever starts an embedded
 * deployment writes it; `tacet` reads it. Paths are absolute, or relative to the folder of the file. It holds no
 * secret, only the paths of files that do. Fields that are not listed are ignored.
 */
export const operatorFileSchema = z.object({
  /** 1; another number is a file that this command line does not understand. */
  version: z.literal(1),
  /** Folder with `tls.crt`, `tls.key` and `ca.crt` of the identity `operator`. */
  tlsDir: path(),
  /** `host:port` of billing's gRPC door. */
  ledgerAddress: address(),
  /** `host:port` of account's gRPC door. */
  directoryAddress: address(),
  /** `host:port` of key-service's gRPC door. */
  keysAddress: address(),
  /** `host:port` of the metrics door of each process that runs, for `doctor`. */
  healthAddresses: z
    .object({ edge: address(), account: address(), 'key-service': address(), billing: address(), pruner: address() })
    .partial()
    .optional(),
  /** File with one URL of the main instance: its owner's role for `db migrate` and `doctor`. */
  postgresUrlFile: path().optional(),
  /** File with one URL of the keystore instance: its owner's role for `db migrate` and `doctor`. */
  keystoreUrlFile: path().optional(),
  /** The edge's workers.yaml, which `doctor` checks. */
  workersFile: path().optional(),
  /** The models.yaml that was applied, which `doctor` checks. */
  modelsFile: path().optional(),
});

/** The content of `DATA/operator.json`. */
export type OperatorFile = z.infer<typeof operatorFileSchema>;

import type { EndpointName } from '../endpoints.ts';
import type { WorkerKindName } from '@tacet/workers-file';
import type { UsageStyle, WorkerKind } from './worker-kind.ts';

/** One pool of workers.yaml, with its defaults filled in. */
export interface Pool {
  readonly id: string;
  readonly kindName: WorkerKindName;
  readonly kind: WorkerKind;
  /** Origin of the workers; the host may be a name with several addresses. */
  readonly url: URL;
  /** Path before `/v1`, without a slash at its end. */
  readonly basePath: string;
  readonly models: readonly string[];
  /** What its workers speak. */
  readonly endpoints: readonly EndpointName[];
  /** Share of the load beside other pools of the same model. */
  readonly weight: number;
  /** Sent as `Authorization: Bearer`. */
  readonly credentials: string | undefined;
  readonly usage: UsageStyle;
  /** Request headers (lower case) that pass beside the fixed list. */
  readonly forwardHeaders: readonly string[];
  /** Fields that this pool refuses beside those that all refuse. */
  readonly refusedFields: ReadonlySet<string>;
  /** Whether its workers may fetch media from addresses in requests. */
  readonly remoteMedia: boolean;
  /** Whether all who use it trust each other, so that a shared prompt cache is no leak. */
  readonly singleTenant: boolean;
  /** Requests that one of its workers gets at once from this edge; undefined = as many as come. */
  readonly requestsMax: number | undefined;
  /** Whether it gets no new requests; those that it runs go on. */
  readonly drain: boolean;
}

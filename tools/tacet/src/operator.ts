import type { CallOptions, RpcClient } from '@tacet/rpc';
import type { OperatorService } from './connect.ts';
import type { Output } from './output.ts';
import type { Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** What a command may use: where its answer goes, the deployment's doors, and what was told of the deployment. */
export interface Operator extends Pick<Surroundings, 'input' | 'messages' | 'signal' | 'now' | 'folder'> {
  readonly output: Output;
  readonly settings: Settings;
  /** For a unary call: its deadline, and the end of it by Ctrl-C. Streams take `signal` alone, since they may be long. */
  readonly call: CallOptions;
  /** A client with the operator's certificate; it is closed when the command has ended. Throws `UsageError` without settings. */
  readonly client: <S extends OperatorService>(service: S) => RpcClient<S>;
}

/** `failed`: the command did its work and the answer is bad news, such as an invariant that does not hold. */
export type Outcome = 'ok' | 'failed';

/** Makes commander's action out of a command's work: opens what it needs, closes it again, keeps the outcome. */
export type Run = <Given extends unknown[]>(
  work: (operator: Operator, ...given: Given) => Promise<Outcome>,
) => (...given: Given) => Promise<void>;

import type { MethodDefinition } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { openChannel, unaryCall, type RpcClientOptions } from './client.ts';
import { callDeadlineMs } from './limits.ts';

/** What a server says of itself as a whole (grpc.health.v1). */
export type RpcHealth = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'SERVICE_UNKNOWN';

const check = service['Check'] as unknown as MethodDefinition<unknown, unknown>;

const servingStatuses: readonly RpcHealth[] = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Asks a server for its health. Throws `RpcUnavailableError` when no answer came within `deadlineMs`. */
export async function checkRpcHealth(options: RpcClientOptions, deadlineMs = callDeadlineMs): Promise<RpcHealth> {
  const client = openChannel(options);
  try {
    const { status } = (await unaryCall(client, 'Health.Check', check)({ service: '' }, { deadlineMs })) as { status: unknown };
    return servingStatuses.find((name, number) => status === name || status === number) ?? 'UNKNOWN';
  } finally {
    client.close();
  }
}

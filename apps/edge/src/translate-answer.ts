import { toMessage } from '@tacet/inference';
import { v4 } from 'uuid';
import type { AdmittedRequest } from './admit.ts';
import type { Counts } from './reservation.ts';

/** A whole chat completion as the message that the client asked for, without its usage. Throws `JsonError`. */
export function readAsMessage(bytes: Buffer, { request, requestId }: AdmittedRequest): Record<string, unknown> {
  const chat = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  return toMessage(chat, { id: `msg_${requestId?.text ?? v4()}`, model: request.model.modelId });
}

/** The message with its bill. `cost`: JSON number in USD. */
export function translateAnswer(message: Readonly<Record<string, unknown>>, { input, cached, output }: Counts, cost: string): Buffer {
  const usage = `{"input_tokens":${input},"cache_creation_input_tokens":0,"cache_read_input_tokens":${cached},"output_tokens":${output},"cost":${cost}}`;
  return Buffer.from(`${JSON.stringify(message).slice(0, -1)},"usage":${usage}}`);
}

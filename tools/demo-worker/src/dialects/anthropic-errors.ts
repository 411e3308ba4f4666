import { errorType, type Dialect } from './dialect.ts';

/** An engine's dialect with the error bodies that it has on `/v1/messages`. */
export function withAnthropicErrors(dialect: Dialect): Dialect {
  return { ...dialect, error: (status, messageJson) => `{"type":"error","error":{"type":"${errorType(status)}","message":${messageJson}}}` };
}

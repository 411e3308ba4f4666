import type { TacetError } from '@tacet/errors';
import type { Events } from './events.ts';
import type { Exchange } from './exchange.ts';
import type { ClientResponse } from './http/client-response.ts';
import type { Abandonment } from './limits/abandonment.ts';
import type { Metrics } from './metrics.ts';

export interface ReportRequestOptions {
  readonly metrics: Metrics;
  readonly events: Events;
  readonly admit: { readonly abandonment: Abandonment };
}

const nothing = { input: 0, cached: 0, output: 0 };

/** The eighth step for a request that ran: a line and labels for a normal key; of a no-log one nothing but totals. `error`: why it failed. */
export function reportRequest({ admitted, meter, caller }: Exchange, response: ClientResponse, error: TacetError | undefined, { metrics, events, admit: { abandonment } }: ReportRequestOptions): void {
  const { tallies } = metrics;
  const { input, cached, output } = meter.outcome?.counts ?? nothing;
  admitted.passage?.finish(input + cached + output);
  tallies.answers++;
  tallies.inputTokens += input;
  tallies.cachedTokens += cached;
  tallies.outputTokens += output;
  // The worker read a prompt that nobody pays for: it told of it too late, or not at all.
  if (error?.code === 'client_closed' && input + cached === 0) abandonment.note(caller.identity);
  if (error?.code === 'internal_error') events.requestError(error);
  if (caller.noLog) return;
  const status = statusOf(response, error);
  metrics.noteInference(admitted.request.endpoint.name, status);
  if (error) metrics.refusals.inc({ code: error.code });
  if (meter.ttftMs > 0) metrics.firstEventSeconds.observe(meter.ttftMs / 1000);
  events.requestFinished({
    requestId: admitted.requestId?.text, route: admitted.request.endpoint.name, status, model: admitted.request.model.modelId,
    inputTokens: input, cachedTokens: cached, outputTokens: output, ms: Math.round(meter.latencyMs),
  });
}

/** What the client was told: after the status line an error travels in the stream. */
function statusOf(response: ClientResponse, error: TacetError | undefined): number {
  if (error === undefined || error.code === 'client_closed') return error ? error.httpStatus : 200;
  return response.headersSent ? response.statusCode : error.httpStatus;
}

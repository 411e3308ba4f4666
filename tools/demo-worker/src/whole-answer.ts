import { paceOf, type AnswerContext } from './answer-context.ts';
import { formatOf } from './formats/format-of.ts';
import { planAnswer, type ChoicePlan } from './plan-answer.ts';
import { sendError, sendJson } from './send.ts';

/** Answers a request that does not stream: everything at once, after as long as an engine would need. */
export function sendWholeAnswer(context: AnswerContext): void {
  const { lifecycle, request } = context;
  const plan = planAnswer(request);
  const tokens = plan.choices.map(({ length }) => length);
  const longest = Math.max(...tokens);
  const { firstTokenMs, msPerToken } = paceOf(context);
  const durationMs = firstTokenMs + msPerToken * Math.max(0, longest - 1);
  let timer: NodeJS.Timeout | undefined;
  let startedAt = 0;
  const answer = () => {
    lifecycle.generated(sum(tokens));
    if (sendBroken(context, () => writeAnswer(context, plan.choices, sum(tokens)))) return;
    lifecycle.receipt.outputTokens = sum(tokens);
    lifecycle.receipt.usageTold = request.behaviour.usage !== 'missing';
    sendJson(context.response, 200, writeAnswer(context, plan.choices, sum(tokens)), plan.ascii);
    lifecycle.finish();
  };
  lifecycle.run(
    () => {
      startedAt = performance.now();
      if (durationMs === 0 && Number.isFinite(longest)) answer();
      else if (request.behaviour.stallAfter === undefined && Number.isFinite(durationMs)) timer = setTimeout(answer, durationMs);
    },
    () => {
      clearTimeout(timer);
      if (lifecycle.receipt.aborted && startedAt > 0) lifecycle.generated(madeUntilNow(performance.now() - startedAt - firstTokenMs, msPerToken, tokens));
    },
  );
}

/** What the engine had made of the choices when the client left. */
function madeUntilNow(elapsedMs: number, msPerToken: number, tokens: readonly number[]): number {
  if (elapsedMs < 0 || msPerToken === 0) return 0;
  const made = Math.floor(elapsedMs / msPerToken) + 1;
  return sum(tokens.map((length) => Math.min(length, made)));
}

/** The faults of streams have a sense here too: half a body, a body that is not JSON, an empty one, an error with status 200. */
function sendBroken({ state, request, response, lifecycle }: AnswerContext, write: () => string): boolean {
  const { abortAfter, malformedAfter, endAfter, errorAfter } = request.behaviour;
  if (errorAfter !== undefined) sendError(response, state.dialect, 200, 'EngineCore encountered an issue.');
  else if (endAfter !== undefined) sendJson(response, 200, '');
  else if (malformedAfter !== undefined) sendJson(response, 200, write().slice(0, -20));
  else if (abortAfter !== undefined) {
    const body = write();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length >> 1), () => response.socket?.destroy());
  } else return false;
  lifecycle.giveUp();
  return true;
}

function writeAnswer(context: AnswerContext, choices: readonly ChoicePlan[], completion: number): string {
  const { promptTokens, cachedTokens } = context.request;
  return formatOf(context).whole(choices, { prompt: promptTokens, completion, cached: cachedTokens });
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

import type { ServerResponse } from 'node:http';
import { readBehaviour } from './behaviour.ts';
import { sendError, sendJson } from './send.ts';
import type { WorkerState } from './worker-state.ts';

/** Serves `/demo/…`: receipts, recorded requests and faults. Unknown things are 404 in the engine's words. */
export function serveControl(state: WorkerState, method: string, url: URL, response: ServerResponse, bytes: Buffer): void {
  const { receipts, recorder, faults, dialect } = state;
  switch (`${method} ${url.pathname}`) {
    case 'GET /demo/receipts':
      return sendValue(response, { receipts: receipts.list(url.searchParams.get('tag') ?? undefined), totals: receipts.totals(), running: state.slots.running, waiting: state.slots.waiting });
    case 'DELETE /demo/receipts':
      receipts.reset();
      return sendValue(response, {});
    case 'GET /demo/requests':
      return sendValue(response, { record: state.settings.record, requests: recorder.list() });
    case 'DELETE /demo/requests':
      recorder.reset();
      return sendValue(response, {});
    case 'GET /demo/faults':
      return sendValue(response, { pending: faults.pending });
    case 'POST /demo/faults':
      return addFaults(state, response, bytes);
    case 'DELETE /demo/faults':
      faults.clear();
      return sendValue(response, {});
    case 'DELETE /demo':
      receipts.reset();
      recorder.reset();
      faults.clear();
      return sendValue(response, {});
    default:
      return sendError(response, dialect, 404, 'Not Found');
  }
}

/** Body: `{"count": 3, "demo": {…}}`. */
function addFaults(state: WorkerState, response: ServerResponse, bytes: Buffer): void {
  let body: { count?: unknown; demo?: unknown };
  try {
    body = JSON.parse(bytes.toString('utf8')) as typeof body;
  } catch {
    return sendError(response, state.dialect, 400, 'The body is not valid JSON');
  }
  const behaviour = readBehaviour(body.demo);
  if (typeof behaviour === 'string') return sendError(response, state.dialect, 400, behaviour, 'demo');
  const count = body.count ?? 1;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) return sendError(response, state.dialect, 400, 'count must be a whole number from 1', 'count');
  state.faults.add(count, behaviour);
  return sendValue(response, { pending: state.faults.pending });
}

function sendValue(response: ServerResponse, value: object): void {
  sendJson(response, 200, JSON.stringify(value));
}

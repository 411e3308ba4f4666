import { plainBehaviour, readBehaviour, type DemoBehaviour } from './behaviour.ts';
import type { Settings } from './options.ts';

/** The body as it came, and the behaviour that its `demo` field asks for. */
export interface RequestBody {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly behaviour: DemoBehaviour;
}

/** A request that the engine refuses: status and sentence. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
}

/** Narrows what the readers return. */
export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'message' in value;
}

/** Parses a body. `forced` comes from the fault queue and wins over the body's own `demo`. */
export function readBody(bytes: Buffer, forced: DemoBehaviour | undefined): RequestBody | Refusal {
  let fields: unknown;
  try {
    fields = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { status: 400, message: 'The body is not valid JSON', param: null };
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return { status: 400, message: 'The body is not an object', param: null };
  const { demo } = fields as { demo?: unknown };
  if (demo === undefined && forced === undefined) return { fields: fields as Record<string, unknown>, behaviour: plainBehaviour };
  const behaviour = demo === undefined ? plainBehaviour : readBehaviour(demo);
  if (typeof behaviour === 'string') return { status: 400, message: behaviour, param: 'demo' };
  return { fields: fields as Record<string, unknown>, behaviour: forced === undefined ? behaviour : { ...behaviour, ...forced } };
}

/** The `model` field, if it is one that is served. */
export function readModel(fields: RequestBody['fields'], settings: Settings): string | Refusal {
  const { model } = fields;
  if (typeof model !== 'string') return { status: 400, message: 'Field required', param: 'model' };
  if (!settings.models.includes(model)) return { status: 404, message: `The model \`${model}\` does not exist.`, param: 'model' };
  return model;
}

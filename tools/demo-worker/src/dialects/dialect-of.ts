import type { Engine } from '../options.ts';
import type { Dialect } from './dialect.ts';
import { llamacpp } from './llamacpp.ts';
import { openai } from './openai.ts';
import { sglang } from './sglang.ts';
import { vllm } from './vllm.ts';

const dialects: Record<Engine, Dialect> = { vllm, sglang, llamacpp, openai };

/** The dialect of an engine. */
export function dialectOf(engine: Engine): Dialect {
  return dialects[engine];
}

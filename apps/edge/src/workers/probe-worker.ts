import type { Worker } from './worker.ts';

/** How long a worker may take to say that it is there. */
const probeMs = 3_000;
/** Most bytes of a probe's answer: what is longer is no answer to it. */
const probeBytesMax = 1_048_576;

/**
 * Whether a worker is there and well: engines say so at `/health`; those without have a list of models, as every
 * kind does.
 */
export async function probeWorker(worker: Worker): Promise<boolean> {
  const { pool } = worker;
  const health = pool.kind.hasHealth ? await statusOf(worker, '/health') : notThere;
  if (health !== notThere) return isWell(health);
  const models = await statusOf(worker, '/v1/models');
  return isWell(models) || models === notThere;
}

const notThere = 404;

/** A refusal of the credentials is about this router's settings: the worker is there. */
function isWell(status: number): boolean {
  return status > 0 && status < 500;
}

/** 0 where nothing answers. */
async function statusOf({ pool, dispatcher }: Worker, path: string): Promise<number> {
  const headers = pool.credentials === undefined ? {} : { authorization: `Bearer ${pool.credentials}` };
  try {
    const { statusCode, body } = await dispatcher.request({ path: pool.basePath + path, method: 'GET', headers, headersTimeout: probeMs, bodyTimeout: probeMs });
    await body.dump({ limit: probeBytesMax });
    return statusCode;
  } catch {
    return 0;
  }
}

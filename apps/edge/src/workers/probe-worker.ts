import type { Worker } from './worker.ts';

/** How long a worker may take to say that it is there. */
const probeMs = 3_000;

/** Whether a worker answers at all: its list of models is what every kind has. */
export async function probeWorker({ pool, dispatcher }: Worker): Promise<boolean> {
  const headers = pool.credentials === undefined ? {} : { authorization: `Bearer ${pool.credentials}` };
  try {
    const { statusCode, body } = await dispatcher.request({ path: `${pool.basePath}/v1/models`, method: 'GET', headers, headersTimeout: probeMs, bodyTimeout: probeMs });
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}

import { applicationEnvironment, startProcess, type ApplicationProcess } from '@tacet/constellation';
import type { PlannedDeployment } from './plan-deployment.ts';
import type { Supervisor } from './supervisor.ts';

/** Starts the five processes at once and returns when each says that it is ready. */
export async function startProcesses({ deployment, instances }: PlannedDeployment, supervisor: Supervisor): Promise<{ readonly told: string }> {
  const start = async (instance: (typeof instances)[number]) => {
    const environment = applicationEnvironment(instance, deployment);
    await supervisor.add<ApplicationProcess>({
      name: instance.name,
      start: () => startProcess(instance.application, environment, { folder: deployment.paths.logs, workingFolder: deployment.paths.folder, name: instance.name }),
      ready: (process) => process.waitUntilReady(),
    });
  };
  await Promise.all(instances.map(start));
  return { told: instances.map(({ name }) => name).join(', ') };
}

import { loopbackAddress, type ApplicationInstance, type DeploymentAddresses } from './application-environment.ts';
import type { Application } from './applications.ts';
import type { ConstellationOptions } from './constellation.ts';
import type { ConstellationServers, Through } from './servers.ts';

/** `edge` where there is one, else `edge-1`, `edge-2`, … */
export function nameOf(application: string, index: number, count: number): string {
  return count === 1 ? application : `${application}-${index + 1}`;
}

/** Every process that the options ask for, with its ports. */
export async function planInstances(options: ConstellationOptions, nextPort: () => Promise<number>): Promise<ApplicationInstance[]> {
  const { edges = 1, billings = 1, keyServices = 1, accounts = 1, pruners = 1 } = options;
  const plan: ApplicationInstance[] = [];
  for (let i = 0; i < billings; i++) plan.push({ application: 'billing', name: nameOf('billing', i, billings), ports: { rpc: await nextPort(), metrics: await nextPort() } });
  for (let i = 0; i < keyServices; i++) plan.push({ application: 'key-service', name: nameOf('key-service', i, keyServices), ports: { rpc: await nextPort(), metrics: await nextPort() } });
  for (let i = 0; i < accounts; i++) plan.push({ application: 'account', name: nameOf('account', i, accounts), ports: { public: await nextPort(), rpc: await nextPort(), metrics: await nextPort() } });
  for (let i = 0; i < pruners; i++) plan.push({ application: 'pruner', name: nameOf('pruner', i, pruners), ports: { metrics: await nextPort() } });
  for (let i = 0; i < edges; i++) plan.push({ application: 'edge', name: nameOf('edge', i, edges), ports: { public: await nextPort(), internal: await nextPort(), metrics: await nextPort() } });
  return plan;
}

/** Port 9 (discard) stands for a process that was left out: nothing listens there. */
const nobody = [9];

/** Where the planned processes will find each other. */
export async function planAddresses(instances: readonly ApplicationInstance[], servers: ConstellationServers, through: Through = async (_name, port) => port): Promise<DeploymentAddresses> {
  const rpcPorts = async (application: Application) => {
    const ports = await Promise.all(instances.flatMap((instance) => (instance.application === application && 'rpc' in instance.ports ? [through(instance.name, instance.ports.rpc)] : [])));
    return loopbackAddress(ports.length > 0 ? ports : nobody);
  };
  const edge = instances.find((instance) => instance.application === 'edge');
  const account = instances.find((instance) => instance.application === 'account');
  return {
    ledger: await rpcPorts('billing'),
    keys: await rpcPorts('key-service'),
    directory: await rpcPorts('account'),
    edgeInternalUrl: `https://127.0.0.1:${edge?.ports.internal ?? nobody[0]}`,
    accountPublicUrl: `http://127.0.0.1:${account?.ports.public ?? nobody[0]}`,
    ...(servers.kafka ? { kafkaBrokers: servers.kafka.broker } : {}),
  };
}

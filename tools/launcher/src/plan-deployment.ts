import { deploymentPaths, loopbackAddress, type ApplicationInstance, type Deployment } from '@tacet/constellation';
import type { Ports } from './plan-ports.ts';

/** The embedded deployment on its ports: one of each process. */
export interface PlannedDeployment {
  readonly deployment: Deployment;
  readonly instances: readonly ApplicationInstance[];
  /** What clients of the API are given, without `/v1`. */
  readonly edgeUrl: string;
  /** What people open in a browser. */
  readonly accountUrl: string;
}

/** Puts the deployment of a data folder together. */
export function planDeployment(folder: string, ports: Ports): PlannedDeployment {
  const accountUrl = `http://127.0.0.1:${ports.account}`;
  return {
    edgeUrl: `http://127.0.0.1:${ports.edge}`,
    accountUrl,
    deployment: {
      mode: 'embedded',
      paths: deploymentPaths(folder),
      addresses: {
        ledger: loopbackAddress([ports.billingRpc]),
        keys: loopbackAddress([ports.keyServiceRpc]),
        directory: loopbackAddress([ports.accountRpc]),
        edgeInternalUrl: `https://127.0.0.1:${ports.edgeInternal}`,
        accountPublicUrl: accountUrl,
      },
    },
    instances: [
      { application: 'key-service', name: 'key-service', ports: { rpc: ports.keyServiceRpc, metrics: ports.keyServiceMetrics } },
      { application: 'billing', name: 'billing', ports: { rpc: ports.billingRpc, metrics: ports.billingMetrics } },
      { application: 'account', name: 'account', ports: { public: ports.account, rpc: ports.accountRpc, metrics: ports.accountMetrics } },
      { application: 'pruner', name: 'pruner', ports: { metrics: ports.prunerMetrics } },
      { application: 'edge', name: 'edge', ports: { public: ports.edge, internal: ports.edgeInternal, metrics: ports.edgeMetrics } },
    ],
  };
}

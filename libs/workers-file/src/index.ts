export {
  endpointNames, poolModelsMax, poolRequestsMaxMax, poolsMax, repeatedIds, workerKindNames, workersFileSchema, type EndpointName, type PoolSettings, type WorkerKindName,
} from './workers-file-schema.ts';

export { address, amount, commonVariables, ConfigurationError, path, port, readEnvironment, type Environment } from './environment.ts';
export { createLog, describeError, type ErrorDescription, type Log, type LogField, type LogFields } from './log.ts';
export { createRegistry, measureCertificate, startMetricsServer, type MetricsServer } from './metrics-server.ts';
export { Readiness } from './readiness.ts';
export { fatal, runProcess, type ProcessConfig, type ProcessDefinition, type Reporting, type Running } from './run.ts';
export { readSecretFile } from './secret-file.ts';

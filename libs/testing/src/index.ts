export { eventually } from './eventually.ts';
export { createTestDatabase, type TestDatabase } from './postgres.ts';
export { startTestKafka, startTestRedis, type TestServer } from './servers.ts';
export { sharedServers, sharedServersVariable, type SharedServers } from './shared-servers.ts';
export { CanarySet } from './sinks/canaries.ts';
export { encodingsOf, knownText, type Needle, type Quarry } from './sinks/encodings.ts';
export { scanBytes, type Finding } from './sinks/scan-bytes.ts';
export { scanFolder, type FolderScanOptions } from './sinks/scan-folder.ts';
export { scanSinks, type Sink, type SinkScan } from './sinks/sink.ts';

export { freePort } from './free-port.ts';
export { commandExists, ensureCommand } from './install.ts';
export { startKafka, type KafkaOptions, type KafkaServer } from './kafka.ts';
export { startKeptProcess, type Ending, type KeptProcess, type KeptProcessOptions } from './kept-process.ts';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.ts';
export { startRedis, type RedisServer } from './redis.ts';
export { waitForLine } from './wait-for-line.ts';

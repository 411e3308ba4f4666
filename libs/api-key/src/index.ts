export { apiKeyIsWellFormed, apiKeyLength, createApiKey, hashApiKey, type NewApiKey } from './api-key.ts';

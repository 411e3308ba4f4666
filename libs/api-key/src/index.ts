export { apiKeyIsWellFormed, apiKeyLength, createApiKey, hashApiKey, nameOfApiKey, type NewApiKey } from './api-key.ts';

import { runProcess } from '@tacet/service';
import { loadConfig } from './config.ts';
import { startKeyService } from './start-key-service.ts';

await runProcess({ name: 'key-service', loadConfig, start: startKeyService });

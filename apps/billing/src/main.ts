import { runProcess } from '@tacet/service';
import { loadConfig } from './config.ts';
import { startBilling } from './start.ts';

await runProcess({ name: 'billing', loadConfig, start: startBilling });

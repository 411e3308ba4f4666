import { runProcess } from '@tacet/service';
import { loadConfig } from './config.ts';
import { start } from './start.ts';

/** The process `account`: people, keys and sealed conversations. */
await runProcess({ name: 'account', loadConfig, start });

import { runProcess } from '@tacet/service';
import { loadConfig } from './config.ts';
import { startEdge } from './edge.ts';

await runProcess({ name: 'edge', loadConfig, start: startEdge });

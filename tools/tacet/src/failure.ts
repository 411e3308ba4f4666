import { types } from 'node:util';
import { errorCatalogue, TacetError } from '@tacet/errors';
import { RpcUnavailableError } from '@tacet/rpc';
import { ConfigurationError } from '@tacet/service';
import { doors } from './connect.ts';
import { InvalidFileError } from './invalid-file-error.ts';
import { settingNames, type Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** How a command failed, for people (`message`, `remedy`) and for programs (`code`). */
export interface Failure {
  readonly exitCode: number;
  /** A code of libs/errors, or one of the command line's own: usage, configuration, invalid_file, unavailable, interrupted, failed. */
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly param?: string;
  readonly problems?: readonly string[];
}

const deadlineExceeded = 4;

/** Says what an error means to an operator, and what to do about it. */
export function describeFailure(error: unknown, settings: Settings, interrupted: boolean): Failure {
  if (interrupted)
    return { exitCode: exitCodes.interrupted, code: 'interrupted', message: 'interrupted; what was under way may have happened' };
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, code: 'usage', message: error.message };
  if (error instanceof ConfigurationError)
    return { exitCode: exitCodes.usage, code: 'configuration', message: error.message, problems: error.problems };
  if (error instanceof InvalidFileError)
    return { exitCode: exitCodes.failed, code: 'invalid_file', message: error.message, problems: error.problems };
  if (error instanceof RpcUnavailableError) return describeUnavailable(error, settings);
  if (error instanceof TacetError) {
    const { code, message, param } = error;
    return { exitCode: exitCodes.failed, code, message, remedy: errorCatalogue[code].remedy, ...(param === undefined ? {} : { param }) };
  }
  return { exitCode: exitCodes.failed, code: 'failed', message: sentences(error) };
}

function describeUnavailable({ rpc, grpcStatus }: RpcUnavailableError, settings: Settings): Failure {
  const door = Object.entries(doors).find(([service]) => rpc.startsWith(`${service}.`))?.[1];
  if (!door) return { exitCode: exitCodes.failed, code: 'unavailable', message: `${rpc}: no answer` };
  const { flag, variable } = settingNames[door.address];
  const from = settings.operatorFile === undefined ? `${variable} or ${flag}` : `${settings.operatorFile}, or ${flag}`;
  const late = grpcStatus === deadlineExceeded ? ' in time; it may or may not have happened' : '';
  return {
    exitCode: exitCodes.failed,
    code: 'unavailable',
    message: `${rpc}: no answer from ${door.server} at ${settings[door.address] ?? 'an unknown address'}${late}`,
    remedy: `Check that ${door.server} runs, the address (${from}) and both certificates; \`tacet doctor\` tells which of them it is.`,
  };
}

/** The message of an error and of its causes. Properties are left out: those of pg's errors carry rows. */
export function sentences(error: unknown): string {
  if (!types.isNativeError(error)) return 'something failed that is no error';
  const { code, errors } = error as { code?: unknown; errors?: readonly unknown[] };
  // Node tries every address of a host and puts the errors of all into one without a message.
  const inner = error.message === '' ? errors?.[0] : error.cause;
  const own = error.message || (typeof code === 'string' ? code : error.name);
  return types.isNativeError(inner) ? `${own}: ${sentences(inner)}` : own;
}

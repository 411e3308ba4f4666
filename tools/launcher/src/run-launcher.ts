import { deploymentPaths } from '@tacet/constellation';
import type { LauncherOptions } from './arguments.ts';
import { claimDataFolder, emptyDataFolder, type ClaimedFolder } from './data-folder.ts';
import { describeStarted, shorten, toJsonLine } from './describe-result.ts';
import { planPorts } from './plan-ports.ts';
import { rememberProcesses, waitForPreviousRun } from './previous-run.ts';
import { Reporter } from './reporter.ts';
import { listMails, showMail } from './show-mail.ts';
import { startDeployment } from './start-deployment.ts';
import { stopOrder } from './stop-order.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import { Supervisor } from './supervisor.ts';
import { openTerminal, paint } from './terminal.ts';
import { UserError } from './user-error.ts';

/** Runs the launcher until it is told to stop. Returns the exit code: 0 after an orderly stop, 1 when the start failed. */
export async function runLauncher(options: LauncherOptions): Promise<number> {
  const signals = listenForStop(process);
  const reporter = new Reporter(openTerminal(options.json ? process.stderr : process.stdout, process.env));
  let claimed: ClaimedFolder;
  try {
    claimed = await claimDataFolder(options.dataFolder);
  } catch (error) {
    return fail(error, reporter, options.dataFolder);
  }
  try {
    return await runInFolder(options, claimed, signals, reporter);
  } catch (error) {
    return fail(error, reporter, options.dataFolder);
  } finally {
    await claimed.release();
  }
}

async function runInFolder(options: LauncherOptions, claimed: ClaimedFolder, signals: StopSignals, reporter: Reporter): Promise<number> {
  const { folder } = claimed;
  reporter.line(`\n  ${paint(reporter.terminal, 'bold', 'Tacet')}   ${paint(reporter.terminal, 'dim', shorten(folder))}\n`);
  await waitForPreviousRun(folder, () => reporter.line('  Waiting for the processes of an interrupted run to end ...'));
  if (options.reset) await reset(claimed, reporter);
  const supervisor = new Supervisor({
    died: (name, how, againInMs) => reporter.warn(`${name} ${how}; it starts again in ${againInMs / 1000} s (logs/${name}.log)`),
    back: (name) => reporter.warn(`${name} is back`),
    changed: () => rememberProcesses(folder, supervisor.pids),
  });
  signals.atOnce.addEventListener('abort', () => supervisor.kill());
  const planned = await planPorts();
  const mailFolder = deploymentPaths(folder).mail;
  const oldMails = await listMails(mailFolder);
  try {
    const started = await Promise.race([startDeployment(options, planned.ports, supervisor, reporter, signals.stop), whenAborted(signals.stop)]);
    if (started !== undefined) {
      if (options.json) process.stdout.write(toJsonLine(started));
      reporter.line(describeStarted(started, reporter.terminal));
      await showMail(mailFolder, oldMails, reporter, signals.stop);
    }
    await stopAll(supervisor, reporter);
    return 0;
  } catch (error) {
    await supervisor.stop(stopOrder);
    throw error;
  } finally {
    await planned.release();
  }
}

async function reset(claimed: ClaimedFolder, reporter: Reporter): Promise<void> {
  const gone = await emptyDataFolder(claimed);
  const what = gone.length === 0 ? 'there was no data' : `deleted ${gone.join(', ')}`;
  reporter.line(`  --reset: ${what}\n`);
}

async function stopAll(supervisor: Supervisor, reporter: Reporter): Promise<void> {
  const begunMs = performance.now();
  reporter.line('\n  Stopping ...');
  await supervisor.stop(stopOrder);
  reporter.line(`  Stopped in ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function fail(error: unknown, reporter: Reporter, folder: string): number {
  const text = error instanceof Error ? error.message : String(error);
  reporter.line(`\n  ${paint(reporter.terminal, 'red', 'Tacet could not start:')} ${text.replaceAll('\n', '\n    ')}`);
  if (!(error instanceof UserError)) reporter.line(`\n  The logs are in ${shorten(folder)}/logs.`);
  reporter.line();
  return 1;
}

import { Command, type OutputConfiguration } from 'commander';
import { accountCreateCommand } from './commands/account-create.ts';
import { accountListCommand } from './commands/account-list.ts';
import { accountLimitCommand } from './commands/account-limit.ts';
import { accountResumeCommand, accountSuspendCommand } from './commands/account-suspend.ts';
import { balanceCommand } from './commands/balance.ts';
import { creditCorrectCommand } from './commands/credit-correct.ts';
import { creditGrantCommand } from './commands/credit-grant.ts';
import { creditOverdraftCommand } from './commands/credit-overdraft.ts';
import { creditRefundCommand } from './commands/credit-refund.ts';
import { dbBootstrapCommand } from './commands/db-bootstrap.ts';
import { dbMigrateCommand } from './commands/db-migrate.ts';
import { doctorCommand } from './commands/doctor.ts';
import { kekAccountClearCommand } from './commands/kek-account-clear.ts';
import { kekAccountRewrapCommand } from './commands/kek-account-rewrap.ts';
import { kekAccountSetCommand } from './commands/kek-account-set.ts';
import { kekAccountStatusCommand } from './commands/kek-account-status.ts';
import { kekDestroyCommand } from './commands/kek-destroy.ts';
import { kekNewDekCommand } from './commands/kek-new-dek.ts';
import { kekRotateCommand } from './commands/kek-rotate.ts';
import { kekStatusCommand } from './commands/kek-status.ts';
import { kekVerifyCommand } from './commands/kek-verify.ts';
import { keyCreateCommand } from './commands/key-create.ts';
import { keyListCommand } from './commands/key-list.ts';
import { keyRevokeCommand } from './commands/key-revoke.ts';
import { ledgerCheckCommand } from './commands/ledger-check.ts';
import { ledgerDeadLettersCommand } from './commands/ledger-dead-letters.ts';
import { ledgerRetryCommand } from './commands/ledger-retry.ts';
import { pricesApplyCommand } from './commands/prices-apply.ts';
import { pricesShowCommand } from './commands/prices-show.ts';
import { statementCommand } from './commands/statement.ts';
import { transfersCommand } from './commands/transfers.ts';
import { usageCommand } from './commands/usage.ts';
import type { Run } from './operator.ts';
import { settingNames } from './settings.ts';
import type { TextStream } from './surroundings.ts';

/** The whole command line. It throws commander's errors instead of ending the process. */
export function createProgram(run: Run, answers: TextStream, messages: TextStream): Command {
  const program = new Command('tacet')
    .description("The operator's command line of Tacet.")
    .option('--json', 'print one JSON document, or one line for each element of a list, and messages on standard error')
    .option('--data <dir>', 'data folder of an embedded deployment; .tacet is found by itself')
    .option(`${settingNames.tlsDir.flag} <dir>`, `${settingNames.tlsDir.what} (${settingNames.tlsDir.variable})`)
    .option(`${settingNames.ledgerAddress.flag} <host:port>`, `${settingNames.ledgerAddress.what} (${settingNames.ledgerAddress.variable})`)
    .option(
      `${settingNames.directoryAddress.flag} <host:port>`,
      `${settingNames.directoryAddress.what} (${settingNames.directoryAddress.variable})`,
    )
    .option(`${settingNames.keysAddress.flag} <host:port>`, `${settingNames.keysAddress.what} (${settingNames.keysAddress.variable})`)
    .addHelpText('after', '\nExit codes: 0 ok, 1 failed, 2 wrong usage. docs/operating/cli.md shows every command with an example.');
  program.addCommand(
    group('account', 'accounts', [
      accountCreateCommand(run),
      accountListCommand(run),
      accountLimitCommand(run),
      accountSuspendCommand(run),
      accountResumeCommand(run),
    ]),
  );
  program.addCommand(group('key', 'API keys', [keyCreateCommand(run), keyListCommand(run), keyRevokeCommand(run)]));
  program.addCommand(balanceCommand(run));
  program.addCommand(creditCommand(run));
  program.addCommand(usageCommand(run));
  program.addCommand(transfersCommand(run));
  program.addCommand(statementCommand(run));
  program.addCommand(group('prices', 'models and prices', [pricesApplyCommand(run), pricesShowCommand(run)]));
  program.addCommand(group('ledger', 'the ledger', [ledgerCheckCommand(run), ledgerDeadLettersCommand(run), ledgerRetryCommand(run)]));
  program.addCommand(
    group('kek', 'the master keys', [
      kekRotateCommand(run),
      kekStatusCommand(run),
      kekDestroyCommand(run),
      kekVerifyCommand(run),
      kekNewDekCommand(run),
      group('account', 'master keys of accounts', [
        kekAccountSetCommand(run),
        kekAccountStatusCommand(run),
        kekAccountRewrapCommand(run),
        kekAccountClearCommand(run),
      ]),
    ]),
  );
  program.addCommand(group('db', 'the two PostgreSQL instances', [dbBootstrapCommand(run), dbMigrateCommand(run)]));
  program.addCommand(doctorCommand(run));
  return throwInsteadOfExit(program, {
    writeOut: (text) => void answers.write(text),
    writeErr: (text) => void messages.write(text),
    getOutHelpWidth: () => answers.columns ?? 100,
    getErrHelpWidth: () => messages.columns ?? 100,
  });
}

function creditCommand(run: Run): Command {
  return group('credit', 'credit and overdraft', [
    creditGrantCommand(run),
    creditRefundCommand(run),
    creditCorrectCommand(run),
    creditOverdraftCommand(run),
  ]);
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description);
  for (const command of commands) parent.addCommand(command);
  return parent;
}

/** A command that was made apart inherits nothing, so each is told. */
function throwInsteadOfExit(command: Command, output: OutputConfiguration): Command {
  command.exitOverride().configureOutput(output).configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) throwInsteadOfExit(child, output);
  return command;
}

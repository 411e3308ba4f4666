import { TacetError } from '@tacet/errors';
import { checkRpcHealth, identityOf, type RpcClientOptions, type TlsFiles } from '@tacet/rpc';
import { doors, doorOptions, type OperatorService } from '../connect.ts';
import { describeFailure, sentences } from '../failure.ts';
import type { Operator } from '../operator.ts';
import { settingNames } from '../settings.ts';
import { failed, ok, skipped, type Check } from './check.ts';
import { describeValidity } from './describe-validity.ts';
import { probeTls, splitTarget } from './probe-tls.ts';

const services = Object.keys(doors) as OperatorService[];

/** For each gRPC door: the certificate of each address behind it, its health, and whether the operator is let in. */
export async function checkDoors(operator: Operator): Promise<readonly Check[]> {
  return (await Promise.all(services.map((service) => checkDoor(operator, service)))).flat();
}

async function checkDoor(operator: Operator, service: OperatorService): Promise<readonly Check[]> {
  const { settings } = operator;
  const { server, address } = doors[service];
  const { flag, variable } = settingNames[address];
  const target = settings[address];
  if (target === undefined) return [skipped(`${server}: gRPC`, 'no address is known', `Give ${flag} or set ${variable}.`)];
  let options: RpcClientOptions;
  try {
    options = doorOptions(service, settings);
  } catch (error) {
    return [skipped(`${server}: gRPC`, sentences(error), 'Repair the own certificate first.')];
  }
  const certificates = await Promise.all(splitTarget(target).map((one) => checkCertificate(server, one, options.tls, operator.now())));
  // Without a valid certificate the other two can only repeat that.
  if (certificates.every(({ state }) => state === 'failed')) return certificates;
  return [...certificates, await checkHealth(server, options), await checkAccess(operator, service)];
}

async function checkCertificate(server: string, address: string, tls: TlsFiles, nowMs: number): Promise<Check> {
  const name = `${server}: certificate at ${address}`;
  try {
    const { certificate, refusal } = await probeTls(address, tls);
    const identity = identityOf(certificate);
    if (identity !== server)
      return failed(name, `speaks for ${identity ?? 'nobody'}`, `Check the address: ${server} is meant to answer there.`);
    const validity = describeValidity(Date.parse(certificate.valid_from), Date.parse(certificate.valid_to), nowMs);
    if (!validity.valid) return failed(name, validity.text, `Renew the certificate of ${server}.`);
    if (refusal !== undefined)
      return failed(
        name,
        refusalText(refusal),
        'Issue it again: by the authority of ca.crt, with the host of the address among its names.',
      );
    return ok(name, `tacet://${identity}, ${validity.text}`);
  } catch (error) {
    return failed(
      name,
      sentences(error),
      `Check that ${server} runs and listens at ${address}, and that nothing between refuses the connection.`,
    );
  }
}

function refusalText(code: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'does not name the host of the address';
  if (/SELF_SIGNED|UNABLE_TO|SIGNATURE/.test(code)) return `is not of our authority (${code})`;
  return code;
}

async function checkHealth(server: string, options: RpcClientOptions): Promise<Check> {
  const name = `${server}: health`;
  const remedy = `Read the log of ${server}: it is starting, stopping or stuck.`;
  try {
    const health = await checkRpcHealth(options);
    return health === 'SERVING' ? ok(name, 'SERVING') : failed(name, health, remedy);
  } catch (error) {
    return failed(name, sentences(error), remedy);
  }
}

/** Calls one cheap rpc of the operator's, which also shows that the process reaches its database. */
async function checkAccess(operator: Operator, service: OperatorService): Promise<Check> {
  const { server } = doors[service];
  const name = `${server}: lets the operator in`;
  try {
    await callCheaply(operator, service);
    return ok(name, `${service} answered`);
  } catch (error) {
    const { code, message, remedy = '' } = describeFailure(error, operator.settings, false);
    const advice =
      error instanceof TacetError && code === 'internal_error' ? `Read the log of ${server}; often its database is out of reach.` : remedy;
    return failed(name, `${code}: ${message}`, advice);
  }
}

async function callCheaply({ client, signal }: Operator, service: OperatorService): Promise<void> {
  switch (service) {
    case 'AccountAdmin':
      return void (await client('AccountAdmin').ListAccounts({ pageSize: 1 }, { signal }));
    case 'KeyService':
      return void (await client('KeyService').DescribeKeys({}, { signal }));
    case 'Ledger':
      return void (await client('Ledger').ApplyPrices({ models: [] }, { signal }));
  }
}

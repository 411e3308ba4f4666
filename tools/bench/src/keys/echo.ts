import { offer, readTlsFolder, startRpcServer } from '@tacet/rpc';

// An rpc server that gives back what it is given: the same transport, the same messages, and no work.
const [folder = '', port = '0'] = process.argv.slice(2);
const server = await startRpcServer({ host: '127.0.0.1', port: Number(port), tls: readTlsFolder(folder), onInternalError: () => undefined }, [
  offer('SealService', { Seal: ['account'], Open: ['account'] }, {
    Seal: async ({ records }) => ({ records: records.map(({ plaintext }) => plaintext) }),
    Open: async ({ records }) => ({ records: records.map(({ record }) => ({ plaintext: record })) }),
  }),
]);
process.stdout.write(`ready ${server.port}\n`);

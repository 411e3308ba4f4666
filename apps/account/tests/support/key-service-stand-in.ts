import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { TacetError, type ErrorCode } from '@tacet/errors';
import { offer, startRpcServer, type Offer, type RpcServer, type TlsFiles } from '@tacet/rpc';
import type { RecordContext__Output as RecordContext } from '@tacet/rpc/types/keys/v1/RecordContext';

const headerBytes = 12;

/**
 * Stands in for key-service at the wire where a test needs it to fail, to hang, or to answer what it never would.
 * Records have the outer form of sealed ones (0xC1, suite) and open only in their own place, under their account's key.
 */
export class KeyServiceStandIn {
  readonly deks = new Map<string, Buffer>();
  readonly calls: string[] = [];
  /** Every call fails with it while it is set. */
  failWith: ErrorCode | undefined;
  /** Called before each answer. */
  before: (rpc: string) => Promise<void> = async () => undefined;
  /** How long after a shredding a cached key may live. */
  cacheMs = 0;
  #server: RpcServer | undefined;

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async start(tls: TlsFiles, port: number): Promise<void> {
    const options = { host: '127.0.0.1', port, tls, onInternalError: () => undefined };
    this.#server = await startRpcServer(options, [this.#offerKeys(), this.#offerSeals()]);
  }

  #offerKeys(): Offer {
    const refuse = async () => {
      throw new TacetError('rpc_not_allowed');
    };
    const others = ['RotateDek', 'RewrapDek', 'RewrapAll', 'SetAccountKek', 'VerifyProvider', 'RotateKek', 'DescribeKeys', 'DestroyKekVersion', 'DestroyEpochs'] as const;
    const policy = { CreateDek: ['account'], ShredAccount: ['account'], ...Object.fromEntries(others.map((rpc) => [rpc, []])) };
    return offer('KeyService', policy as never, {
      ...(Object.fromEntries(others.map((rpc) => [rpc, refuse])) as never as Record<(typeof others)[number], never>),
      CreateDek: async ({ accountId }) => {
        await this.#enter('CreateDek');
        const id = accountId.toString('hex');
        this.deks.set(id, this.deks.get(id) ?? randomBytes(32));
        return { accountId, dekVersion: 1 };
      },
      ShredAccount: async ({ accountId }) => {
        await this.#enter('ShredAccount');
        const deks = this.deks.delete(accountId.toString('hex')) ? 1 : 0;
        return { deks, unreadableAfterMs: Date.now() + this.cacheMs, backupsEndMs: Date.now() + 7 * 86_400_000 };
      },
    });
  }

  #offerSeals(): Offer {
    return offer(
      'SealService',
      { Seal: ['account'], Open: ['account'] },
      {
        Seal: async ({ accountId, records }) => {
          await this.#enter('Seal');
          const dek = this.#dek(accountId);
          return { records: records.map(({ context, plaintext, expiresAtMs }) => seal(dek, context, plaintext, Number(expiresAtMs))) };
        },
        Open: async ({ accountId, records }) => {
          await this.#enter('Open');
          const dek = this.#dek(accountId);
          return { records: records.map(({ context, record }) => open(dek, context, record)) };
        },
      },
    );
  }

  async stop(): Promise<void> {
    await this.#server?.stop(100);
    this.#server = undefined;
  }

  async #enter(rpc: string): Promise<void> {
    this.calls.push(rpc);
    await this.before(rpc);
    if (this.failWith) throw new TacetError(this.failWith);
  }

  #dek(accountId: Buffer): Buffer {
    const dek = this.deks.get(accountId.toString('hex'));
    if (!dek) throw new TacetError('dek_unknown');
    return dek;
  }
}

function contextBytes(context: RecordContext | null): Buffer {
  if (!context || context.conversationId.length !== 16 || context.messageId.length !== 16)
    throw new TacetError('field_invalid', { param: 'context' });
  return Buffer.concat([context.conversationId, context.messageId, Buffer.from([context.field, context.schema])]);
}

function seal(dek: Buffer, context: RecordContext | null, plaintext: Buffer, expiresAtMs: number): Buffer {
  if (expiresAtMs !== 0 && (expiresAtMs <= Date.now() || expiresAtMs > Date.now() + 86_700_000)) throw new TacetError('epoch_past');
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(0xc1, 0);
  header.writeUInt8(expiresAtMs === 0 ? 0x01 : 0x11, 1);
  header.writeUInt32BE(Math.floor(expiresAtMs / 300_000), 8);
  const nonce = randomBytes(12);
  const commitment = createHash('sha256').update(dek).update(header).digest();
  const cipher = createCipheriv('chacha20-poly1305', dek, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.concat([header, contextBytes(context)]), { plaintextLength: plaintext.length });
  return Buffer.concat([header, nonce, commitment, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(dek: Buffer, context: RecordContext | null, record: Buffer): { plaintext: Buffer } | { refused: true } {
  try {
    const header = record.subarray(0, headerBytes);
    const body = record.subarray(headerBytes + 12 + 32, -16);
    const decipher = createDecipheriv('chacha20-poly1305', dek, record.subarray(headerBytes, headerBytes + 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.concat([header, contextBytes(context)]), { plaintextLength: body.length });
    decipher.setAuthTag(record.subarray(-16));
    return { plaintext: Buffer.concat([decipher.update(body), decipher.final()]) };
  } catch {
    return { refused: true };
  }
}

import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ProtoGrpcType as AccountAdminProto } from './generated/account_admin.ts';
import type { ProtoGrpcType as DirectoryProto } from './generated/directory.ts';
import type { ProtoGrpcType as KeysProto } from './generated/keys.ts';
import type { ProtoGrpcType as LedgerProto } from './generated/ledger.ts';
import type { AccountAdminDefinition, AccountAdminHandlers } from './generated/tacet/directory/v1/AccountAdmin.ts';
import type { KeyDirectoryDefinition, KeyDirectoryHandlers } from './generated/tacet/directory/v1/KeyDirectory.ts';
import type { KeyServiceDefinition, KeyServiceHandlers } from './generated/tacet/keys/v1/KeyService.ts';
import type { SealServiceDefinition, SealServiceHandlers } from './generated/tacet/keys/v1/SealService.ts';
import type { LedgerDefinition, LedgerHandlers } from './generated/tacet/ledger/v1/Ledger.ts';

/** Each service with its two sides, as generated from proto/. */
export interface Services {
  AccountAdmin: { definition: AccountAdminDefinition; handlers: AccountAdminHandlers };
  KeyDirectory: { definition: KeyDirectoryDefinition; handlers: KeyDirectoryHandlers };
  KeyService: { definition: KeyServiceDefinition; handlers: KeyServiceHandlers };
  Ledger: { definition: LedgerDefinition; handlers: LedgerHandlers };
  SealService: { definition: SealServiceDefinition; handlers: SealServiceHandlers };
}

export type ServiceName = keyof Services;

/** Names of a service's rpcs (the generated handlers have an index signature that must not count). */
export type MethodsOf<S extends ServiceName> = keyof { [M in keyof Services[S]['handlers'] as string extends M ? never : M]: true } & keyof Services[S]['definition'] & string;

const protoFolder = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../../../proto' : '../../../proto', import.meta.url));

/** The options that the generated types were made with (`npm run protos`). */
const loaded = loadPackageDefinition(
  loadSync(['tacet/directory/v1/account_admin.proto', 'tacet/directory/v1/directory.proto', 'tacet/keys/v1/keys.proto', 'tacet/ledger/v1/ledger.proto'], {
    includeDirs: [protoFolder],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  }),
) as unknown as AccountAdminProto & DirectoryProto & KeysProto & LedgerProto;

export const serviceDefinitions: { readonly [S in ServiceName]: ServiceDefinition } = {
  AccountAdmin: loaded.tacet.directory.v1.AccountAdmin.service,
  KeyDirectory: loaded.tacet.directory.v1.KeyDirectory.service,
  KeyService: loaded.tacet.keys.v1.KeyService.service,
  Ledger: loaded.tacet.ledger.v1.Ledger.service,
  SealService: loaded.tacet.keys.v1.SealService.service,
};

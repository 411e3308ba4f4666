import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Account as _tacet_directory_v1_Account, Account__Output as _tacet_directory_v1_Account__Output } from './tacet/directory/v1/Account.ts';
import type { AccountAdminClient as _tacet_directory_v1_AccountAdminClient, AccountAdminDefinition as _tacet_directory_v1_AccountAdminDefinition } from './tacet/directory/v1/AccountAdmin.ts';
import type { CreateAccountRequest as _tacet_directory_v1_CreateAccountRequest, CreateAccountRequest__Output as _tacet_directory_v1_CreateAccountRequest__Output } from './tacet/directory/v1/CreateAccountRequest.ts';
import type { CreateKeyRequest as _tacet_directory_v1_CreateKeyRequest, CreateKeyRequest__Output as _tacet_directory_v1_CreateKeyRequest__Output } from './tacet/directory/v1/CreateKeyRequest.ts';
import type { CreateKeyResponse as _tacet_directory_v1_CreateKeyResponse, CreateKeyResponse__Output as _tacet_directory_v1_CreateKeyResponse__Output } from './tacet/directory/v1/CreateKeyResponse.ts';
import type { Heartbeat as _tacet_directory_v1_Heartbeat, Heartbeat__Output as _tacet_directory_v1_Heartbeat__Output } from './tacet/directory/v1/Heartbeat.ts';
import type { Key as _tacet_directory_v1_Key, Key__Output as _tacet_directory_v1_Key__Output } from './tacet/directory/v1/Key.ts';
import type { KeyDirectoryClient as _tacet_directory_v1_KeyDirectoryClient, KeyDirectoryDefinition as _tacet_directory_v1_KeyDirectoryDefinition } from './tacet/directory/v1/KeyDirectory.ts';
import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from './tacet/directory/v1/Limits.ts';
import type { ListAccountsRequest as _tacet_directory_v1_ListAccountsRequest, ListAccountsRequest__Output as _tacet_directory_v1_ListAccountsRequest__Output } from './tacet/directory/v1/ListAccountsRequest.ts';
import type { ListAccountsResponse as _tacet_directory_v1_ListAccountsResponse, ListAccountsResponse__Output as _tacet_directory_v1_ListAccountsResponse__Output } from './tacet/directory/v1/ListAccountsResponse.ts';
import type { ListKeysRequest as _tacet_directory_v1_ListKeysRequest, ListKeysRequest__Output as _tacet_directory_v1_ListKeysRequest__Output } from './tacet/directory/v1/ListKeysRequest.ts';
import type { ListKeysResponse as _tacet_directory_v1_ListKeysResponse, ListKeysResponse__Output as _tacet_directory_v1_ListKeysResponse__Output } from './tacet/directory/v1/ListKeysResponse.ts';
import type { Reset as _tacet_directory_v1_Reset, Reset__Output as _tacet_directory_v1_Reset__Output } from './tacet/directory/v1/Reset.ts';
import type { ResolveAccountRequest as _tacet_directory_v1_ResolveAccountRequest, ResolveAccountRequest__Output as _tacet_directory_v1_ResolveAccountRequest__Output } from './tacet/directory/v1/ResolveAccountRequest.ts';
import type { ResolveRequest as _tacet_directory_v1_ResolveRequest, ResolveRequest__Output as _tacet_directory_v1_ResolveRequest__Output } from './tacet/directory/v1/ResolveRequest.ts';
import type { ResolveResponse as _tacet_directory_v1_ResolveResponse, ResolveResponse__Output as _tacet_directory_v1_ResolveResponse__Output } from './tacet/directory/v1/ResolveResponse.ts';
import type { RevokeKeyRequest as _tacet_directory_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _tacet_directory_v1_RevokeKeyRequest__Output } from './tacet/directory/v1/RevokeKeyRequest.ts';
import type { SetAccountLimitsRequest as _tacet_directory_v1_SetAccountLimitsRequest, SetAccountLimitsRequest__Output as _tacet_directory_v1_SetAccountLimitsRequest__Output } from './tacet/directory/v1/SetAccountLimitsRequest.ts';
import type { SuspendAccountRequest as _tacet_directory_v1_SuspendAccountRequest, SuspendAccountRequest__Output as _tacet_directory_v1_SuspendAccountRequest__Output } from './tacet/directory/v1/SuspendAccountRequest.ts';
import type { WatchEvent as _tacet_directory_v1_WatchEvent, WatchEvent__Output as _tacet_directory_v1_WatchEvent__Output } from './tacet/directory/v1/WatchEvent.ts';
import type { WatchRequest as _tacet_directory_v1_WatchRequest, WatchRequest__Output as _tacet_directory_v1_WatchRequest__Output } from './tacet/directory/v1/WatchRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tacet: {
    directory: {
      v1: {
        Account: MessageTypeDefinition<_tacet_directory_v1_Account, _tacet_directory_v1_Account__Output>
        /**
         * The operator's door to accounts and keys. Called by "operator" alone.
         * Served by account.
         */
        AccountAdmin: SubtypeConstructor<typeof grpc.Client, _tacet_directory_v1_AccountAdminClient> & { service: _tacet_directory_v1_AccountAdminDefinition }
        CreateAccountRequest: MessageTypeDefinition<_tacet_directory_v1_CreateAccountRequest, _tacet_directory_v1_CreateAccountRequest__Output>
        CreateKeyRequest: MessageTypeDefinition<_tacet_directory_v1_CreateKeyRequest, _tacet_directory_v1_CreateKeyRequest__Output>
        CreateKeyResponse: MessageTypeDefinition<_tacet_directory_v1_CreateKeyResponse, _tacet_directory_v1_CreateKeyResponse__Output>
        Heartbeat: MessageTypeDefinition<_tacet_directory_v1_Heartbeat, _tacet_directory_v1_Heartbeat__Output>
        Key: MessageTypeDefinition<_tacet_directory_v1_Key, _tacet_directory_v1_Key__Output>
        /**
         * What edges (and key-service, for evictions) need to know about keys and
         * accounts. Called by "edge" and "key-service". Served by account.
         */
        KeyDirectory: SubtypeConstructor<typeof grpc.Client, _tacet_directory_v1_KeyDirectoryClient> & { service: _tacet_directory_v1_KeyDirectoryDefinition }
        KeyState: EnumTypeDefinition
        Limits: MessageTypeDefinition<_tacet_directory_v1_Limits, _tacet_directory_v1_Limits__Output>
        ListAccountsRequest: MessageTypeDefinition<_tacet_directory_v1_ListAccountsRequest, _tacet_directory_v1_ListAccountsRequest__Output>
        ListAccountsResponse: MessageTypeDefinition<_tacet_directory_v1_ListAccountsResponse, _tacet_directory_v1_ListAccountsResponse__Output>
        ListKeysRequest: MessageTypeDefinition<_tacet_directory_v1_ListKeysRequest, _tacet_directory_v1_ListKeysRequest__Output>
        ListKeysResponse: MessageTypeDefinition<_tacet_directory_v1_ListKeysResponse, _tacet_directory_v1_ListKeysResponse__Output>
        Reset: MessageTypeDefinition<_tacet_directory_v1_Reset, _tacet_directory_v1_Reset__Output>
        ResolveAccountRequest: MessageTypeDefinition<_tacet_directory_v1_ResolveAccountRequest, _tacet_directory_v1_ResolveAccountRequest__Output>
        ResolveRequest: MessageTypeDefinition<_tacet_directory_v1_ResolveRequest, _tacet_directory_v1_ResolveRequest__Output>
        ResolveResponse: MessageTypeDefinition<_tacet_directory_v1_ResolveResponse, _tacet_directory_v1_ResolveResponse__Output>
        RevokeKeyRequest: MessageTypeDefinition<_tacet_directory_v1_RevokeKeyRequest, _tacet_directory_v1_RevokeKeyRequest__Output>
        SetAccountLimitsRequest: MessageTypeDefinition<_tacet_directory_v1_SetAccountLimitsRequest, _tacet_directory_v1_SetAccountLimitsRequest__Output>
        SuspendAccountRequest: MessageTypeDefinition<_tacet_directory_v1_SuspendAccountRequest, _tacet_directory_v1_SuspendAccountRequest__Output>
        WatchEvent: MessageTypeDefinition<_tacet_directory_v1_WatchEvent, _tacet_directory_v1_WatchEvent__Output>
        WatchRequest: MessageTypeDefinition<_tacet_directory_v1_WatchRequest, _tacet_directory_v1_WatchRequest__Output>
      }
    }
  }
}


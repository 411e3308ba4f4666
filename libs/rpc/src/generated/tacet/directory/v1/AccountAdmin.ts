// Original file: proto/tacet/directory/v1/account_admin.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Account as _tacet_directory_v1_Account, Account__Output as _tacet_directory_v1_Account__Output } from '../../../tacet/directory/v1/Account.ts';
import type { CreateAccountRequest as _tacet_directory_v1_CreateAccountRequest, CreateAccountRequest__Output as _tacet_directory_v1_CreateAccountRequest__Output } from '../../../tacet/directory/v1/CreateAccountRequest.ts';
import type { CreateKeyRequest as _tacet_directory_v1_CreateKeyRequest, CreateKeyRequest__Output as _tacet_directory_v1_CreateKeyRequest__Output } from '../../../tacet/directory/v1/CreateKeyRequest.ts';
import type { CreateKeyResponse as _tacet_directory_v1_CreateKeyResponse, CreateKeyResponse__Output as _tacet_directory_v1_CreateKeyResponse__Output } from '../../../tacet/directory/v1/CreateKeyResponse.ts';
import type { Key as _tacet_directory_v1_Key, Key__Output as _tacet_directory_v1_Key__Output } from '../../../tacet/directory/v1/Key.ts';
import type { ListAccountsRequest as _tacet_directory_v1_ListAccountsRequest, ListAccountsRequest__Output as _tacet_directory_v1_ListAccountsRequest__Output } from '../../../tacet/directory/v1/ListAccountsRequest.ts';
import type { ListAccountsResponse as _tacet_directory_v1_ListAccountsResponse, ListAccountsResponse__Output as _tacet_directory_v1_ListAccountsResponse__Output } from '../../../tacet/directory/v1/ListAccountsResponse.ts';
import type { ListKeysRequest as _tacet_directory_v1_ListKeysRequest, ListKeysRequest__Output as _tacet_directory_v1_ListKeysRequest__Output } from '../../../tacet/directory/v1/ListKeysRequest.ts';
import type { ListKeysResponse as _tacet_directory_v1_ListKeysResponse, ListKeysResponse__Output as _tacet_directory_v1_ListKeysResponse__Output } from '../../../tacet/directory/v1/ListKeysResponse.ts';
import type { RevokeKeyRequest as _tacet_directory_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _tacet_directory_v1_RevokeKeyRequest__Output } from '../../../tacet/directory/v1/RevokeKeyRequest.ts';
import type { SetAccountLimitsRequest as _tacet_directory_v1_SetAccountLimitsRequest, SetAccountLimitsRequest__Output as _tacet_directory_v1_SetAccountLimitsRequest__Output } from '../../../tacet/directory/v1/SetAccountLimitsRequest.ts';
import type { SuspendAccountRequest as _tacet_directory_v1_SuspendAccountRequest, SuspendAccountRequest__Output as _tacet_directory_v1_SuspendAccountRequest__Output } from '../../../tacet/directory/v1/SuspendAccountRequest.ts';

/**
 * The operator's door to accounts and keys. Called by "operator" alone.
 * Served by account.
 */
export interface AccountAdminClient extends grpc.Client {
  /**
   * Makes a verified account with a DEK and a balance. Errors: field_invalid,
   * conflict (the address is taken).
   */
  CreateAccount(argument: _tacet_directory_v1_CreateAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  CreateAccount(argument: _tacet_directory_v1_CreateAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  CreateAccount(argument: _tacet_directory_v1_CreateAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  CreateAccount(argument: _tacet_directory_v1_CreateAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  /**
   * Makes a verified account with a DEK and a balance. Errors: field_invalid,
   * conflict (the address is taken).
   */
  createAccount(argument: _tacet_directory_v1_CreateAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  createAccount(argument: _tacet_directory_v1_CreateAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  createAccount(argument: _tacet_directory_v1_CreateAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  createAccount(argument: _tacet_directory_v1_CreateAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  
  /**
   * Makes an API key; its plaintext is in this answer and nowhere else.
   */
  CreateKey(argument: _tacet_directory_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _tacet_directory_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _tacet_directory_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _tacet_directory_v1_CreateKeyRequest, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Makes an API key; its plaintext is in this answer and nowhere else.
   */
  createKey(argument: _tacet_directory_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _tacet_directory_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _tacet_directory_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _tacet_directory_v1_CreateKeyRequest, callback: grpc.requestCallback<_tacet_directory_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * By creation, cursor by account id.
   */
  ListAccounts(argument: _tacet_directory_v1_ListAccountsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  ListAccounts(argument: _tacet_directory_v1_ListAccountsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  ListAccounts(argument: _tacet_directory_v1_ListAccountsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  ListAccounts(argument: _tacet_directory_v1_ListAccountsRequest, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * By creation, cursor by account id.
   */
  listAccounts(argument: _tacet_directory_v1_ListAccountsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  listAccounts(argument: _tacet_directory_v1_ListAccountsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  listAccounts(argument: _tacet_directory_v1_ListAccountsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  listAccounts(argument: _tacet_directory_v1_ListAccountsRequest, callback: grpc.requestCallback<_tacet_directory_v1_ListAccountsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * By creation, cursor by key id.
   */
  ListKeys(argument: _tacet_directory_v1_ListKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _tacet_directory_v1_ListKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _tacet_directory_v1_ListKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _tacet_directory_v1_ListKeysRequest, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  /**
   * By creation, cursor by key id.
   */
  listKeys(argument: _tacet_directory_v1_ListKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _tacet_directory_v1_ListKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _tacet_directory_v1_ListKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _tacet_directory_v1_ListKeysRequest, callback: grpc.requestCallback<_tacet_directory_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Idempotent. Every edge refuses the key within a second.
   */
  RevokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  /**
   * Idempotent. Every edge refuses the key within a second.
   */
  revokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _tacet_directory_v1_RevokeKeyRequest, callback: grpc.requestCallback<_tacet_directory_v1_Key__Output>): grpc.ClientUnaryCall;
  
  /**
   * Limits what all keys and chats of an account may do together; tells the
   * edges. The whole set is replaced. Errors: not_found, field_invalid (a
   * limit on spend: money is the balance's business).
   */
  SetAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SetAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SetAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SetAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  /**
   * Limits what all keys and chats of an account may do together; tells the
   * edges. The whole set is replaced. Errors: not_found, field_invalid (a
   * limit on spend: money is the balance's business).
   */
  setAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  setAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  setAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  setAccountLimits(argument: _tacet_directory_v1_SetAccountLimitsRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  
  /**
   * Suspends or allows again; tells the edges (key_revision) and the ledger.
   */
  SuspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  SuspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  /**
   * Suspends or allows again; tells the edges (key_revision) and the ledger.
   */
  suspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  suspendAccount(argument: _tacet_directory_v1_SuspendAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_Account__Output>): grpc.ClientUnaryCall;
  
}

/**
 * The operator's door to accounts and keys. Called by "operator" alone.
 * Served by account.
 */
export interface AccountAdminHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Makes a verified account with a DEK and a balance. Errors: field_invalid,
   * conflict (the address is taken).
   */
  CreateAccount: grpc.handleUnaryCall<_tacet_directory_v1_CreateAccountRequest__Output, _tacet_directory_v1_Account>;
  
  /**
   * Makes an API key; its plaintext is in this answer and nowhere else.
   */
  CreateKey: grpc.handleUnaryCall<_tacet_directory_v1_CreateKeyRequest__Output, _tacet_directory_v1_CreateKeyResponse>;
  
  /**
   * By creation, cursor by account id.
   */
  ListAccounts: grpc.handleUnaryCall<_tacet_directory_v1_ListAccountsRequest__Output, _tacet_directory_v1_ListAccountsResponse>;
  
  /**
   * By creation, cursor by key id.
   */
  ListKeys: grpc.handleUnaryCall<_tacet_directory_v1_ListKeysRequest__Output, _tacet_directory_v1_ListKeysResponse>;
  
  /**
   * Idempotent. Every edge refuses the key within a second.
   */
  RevokeKey: grpc.handleUnaryCall<_tacet_directory_v1_RevokeKeyRequest__Output, _tacet_directory_v1_Key>;
  
  /**
   * Limits what all keys and chats of an account may do together; tells the
   * edges. The whole set is replaced. Errors: not_found, field_invalid (a
   * limit on spend: money is the balance's business).
   */
  SetAccountLimits: grpc.handleUnaryCall<_tacet_directory_v1_SetAccountLimitsRequest__Output, _tacet_directory_v1_Account>;
  
  /**
   * Suspends or allows again; tells the edges (key_revision) and the ledger.
   */
  SuspendAccount: grpc.handleUnaryCall<_tacet_directory_v1_SuspendAccountRequest__Output, _tacet_directory_v1_Account>;
  
}

export interface AccountAdminDefinition extends grpc.ServiceDefinition {
  CreateAccount: MethodDefinition<_tacet_directory_v1_CreateAccountRequest, _tacet_directory_v1_Account, _tacet_directory_v1_CreateAccountRequest__Output, _tacet_directory_v1_Account__Output>
  CreateKey: MethodDefinition<_tacet_directory_v1_CreateKeyRequest, _tacet_directory_v1_CreateKeyResponse, _tacet_directory_v1_CreateKeyRequest__Output, _tacet_directory_v1_CreateKeyResponse__Output>
  ListAccounts: MethodDefinition<_tacet_directory_v1_ListAccountsRequest, _tacet_directory_v1_ListAccountsResponse, _tacet_directory_v1_ListAccountsRequest__Output, _tacet_directory_v1_ListAccountsResponse__Output>
  ListKeys: MethodDefinition<_tacet_directory_v1_ListKeysRequest, _tacet_directory_v1_ListKeysResponse, _tacet_directory_v1_ListKeysRequest__Output, _tacet_directory_v1_ListKeysResponse__Output>
  RevokeKey: MethodDefinition<_tacet_directory_v1_RevokeKeyRequest, _tacet_directory_v1_Key, _tacet_directory_v1_RevokeKeyRequest__Output, _tacet_directory_v1_Key__Output>
  SetAccountLimits: MethodDefinition<_tacet_directory_v1_SetAccountLimitsRequest, _tacet_directory_v1_Account, _tacet_directory_v1_SetAccountLimitsRequest__Output, _tacet_directory_v1_Account__Output>
  SuspendAccount: MethodDefinition<_tacet_directory_v1_SuspendAccountRequest, _tacet_directory_v1_Account, _tacet_directory_v1_SuspendAccountRequest__Output, _tacet_directory_v1_Account__Output>
}

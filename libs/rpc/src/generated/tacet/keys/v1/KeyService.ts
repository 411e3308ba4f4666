// Original file: proto/tacet/keys/v1/keys.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AccountKek as _tacet_keys_v1_AccountKek, AccountKek__Output as _tacet_keys_v1_AccountKek__Output } from '../../../tacet/keys/v1/AccountKek.ts';
import type { CreateDekRequest as _tacet_keys_v1_CreateDekRequest, CreateDekRequest__Output as _tacet_keys_v1_CreateDekRequest__Output } from '../../../tacet/keys/v1/CreateDekRequest.ts';
import type { DekInfo as _tacet_keys_v1_DekInfo, DekInfo__Output as _tacet_keys_v1_DekInfo__Output } from '../../../tacet/keys/v1/DekInfo.ts';
import type { DescribeKeysRequest as _tacet_keys_v1_DescribeKeysRequest, DescribeKeysRequest__Output as _tacet_keys_v1_DescribeKeysRequest__Output } from '../../../tacet/keys/v1/DescribeKeysRequest.ts';
import type { DescribeKeysResponse as _tacet_keys_v1_DescribeKeysResponse, DescribeKeysResponse__Output as _tacet_keys_v1_DescribeKeysResponse__Output } from '../../../tacet/keys/v1/DescribeKeysResponse.ts';
import type { DestroyEpochsRequest as _tacet_keys_v1_DestroyEpochsRequest, DestroyEpochsRequest__Output as _tacet_keys_v1_DestroyEpochsRequest__Output } from '../../../tacet/keys/v1/DestroyEpochsRequest.ts';
import type { DestroyEpochsResponse as _tacet_keys_v1_DestroyEpochsResponse, DestroyEpochsResponse__Output as _tacet_keys_v1_DestroyEpochsResponse__Output } from '../../../tacet/keys/v1/DestroyEpochsResponse.ts';
import type { DestroyKekVersionRequest as _tacet_keys_v1_DestroyKekVersionRequest, DestroyKekVersionRequest__Output as _tacet_keys_v1_DestroyKekVersionRequest__Output } from '../../../tacet/keys/v1/DestroyKekVersionRequest.ts';
import type { KekInfo as _tacet_keys_v1_KekInfo, KekInfo__Output as _tacet_keys_v1_KekInfo__Output } from '../../../tacet/keys/v1/KekInfo.ts';
import type { RewrapAllRequest as _tacet_keys_v1_RewrapAllRequest, RewrapAllRequest__Output as _tacet_keys_v1_RewrapAllRequest__Output } from '../../../tacet/keys/v1/RewrapAllRequest.ts';
import type { RewrapDekRequest as _tacet_keys_v1_RewrapDekRequest, RewrapDekRequest__Output as _tacet_keys_v1_RewrapDekRequest__Output } from '../../../tacet/keys/v1/RewrapDekRequest.ts';
import type { RewrapDekResponse as _tacet_keys_v1_RewrapDekResponse, RewrapDekResponse__Output as _tacet_keys_v1_RewrapDekResponse__Output } from '../../../tacet/keys/v1/RewrapDekResponse.ts';
import type { RewrapProgress as _tacet_keys_v1_RewrapProgress, RewrapProgress__Output as _tacet_keys_v1_RewrapProgress__Output } from '../../../tacet/keys/v1/RewrapProgress.ts';
import type { RotateDekRequest as _tacet_keys_v1_RotateDekRequest, RotateDekRequest__Output as _tacet_keys_v1_RotateDekRequest__Output } from '../../../tacet/keys/v1/RotateDekRequest.ts';
import type { RotateKekRequest as _tacet_keys_v1_RotateKekRequest, RotateKekRequest__Output as _tacet_keys_v1_RotateKekRequest__Output } from '../../../tacet/keys/v1/RotateKekRequest.ts';
import type { SetAccountKekRequest as _tacet_keys_v1_SetAccountKekRequest, SetAccountKekRequest__Output as _tacet_keys_v1_SetAccountKekRequest__Output } from '../../../tacet/keys/v1/SetAccountKekRequest.ts';
import type { ShredAccountRequest as _tacet_keys_v1_ShredAccountRequest, ShredAccountRequest__Output as _tacet_keys_v1_ShredAccountRequest__Output } from '../../../tacet/keys/v1/ShredAccountRequest.ts';
import type { ShredAccountResponse as _tacet_keys_v1_ShredAccountResponse, ShredAccountResponse__Output as _tacet_keys_v1_ShredAccountResponse__Output } from '../../../tacet/keys/v1/ShredAccountResponse.ts';
import type { VerifyProviderRequest as _tacet_keys_v1_VerifyProviderRequest, VerifyProviderRequest__Output as _tacet_keys_v1_VerifyProviderRequest__Output } from '../../../tacet/keys/v1/VerifyProviderRequest.ts';
import type { VerifyProviderResponse as _tacet_keys_v1_VerifyProviderResponse, VerifyProviderResponse__Output as _tacet_keys_v1_VerifyProviderResponse__Output } from '../../../tacet/keys/v1/VerifyProviderResponse.ts';

/**
 * Keys to sealed messages. DEKs never leave the process that serves this.
 * Who may call which rpc: "account", "pruner" or "operator", as each says.
 */
export interface KeyServiceClient extends grpc.Client {
  /**
   * account. Makes the first DEK of an account; idempotent.
   */
  CreateDek(argument: _tacet_keys_v1_CreateDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  CreateDek(argument: _tacet_keys_v1_CreateDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  CreateDek(argument: _tacet_keys_v1_CreateDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  CreateDek(argument: _tacet_keys_v1_CreateDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  /**
   * account. Makes the first DEK of an account; idempotent.
   */
  createDek(argument: _tacet_keys_v1_CreateDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  createDek(argument: _tacet_keys_v1_CreateDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  createDek(argument: _tacet_keys_v1_CreateDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  createDek(argument: _tacet_keys_v1_CreateDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. KEK versions and how many DEKs each wraps.
   */
  DescribeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  DescribeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  DescribeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  DescribeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. KEK versions and how many DEKs each wraps.
   */
  describeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  describeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  describeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  describeKeys(argument: _tacet_keys_v1_DescribeKeysRequest, callback: grpc.requestCallback<_tacet_keys_v1_DescribeKeysResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * pruner. Destroys every epoch secret that is past its time; idempotent.
   */
  DestroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  DestroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  DestroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  DestroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * pruner. Destroys every epoch secret that is past its time; idempotent.
   */
  destroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  destroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  destroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  destroyEpochs(argument: _tacet_keys_v1_DestroyEpochsRequest, callback: grpc.requestCallback<_tacet_keys_v1_DestroyEpochsResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Destroys a KEK version. Refused (conflict) while any DEK uses
   * it, and until backups that need it have ended, unless forced.
   */
  DestroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  DestroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  DestroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  DestroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Destroys a KEK version. Refused (conflict) while any DEK uses
   * it, and until backups that need it have ended, unless forced.
   */
  destroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  destroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  destroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  destroyKekVersion(argument: _tacet_keys_v1_DestroyKekVersionRequest, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Wraps every DEK under the newest KEK version, with progress.
   */
  RewrapAll(argument: _tacet_keys_v1_RewrapAllRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_keys_v1_RewrapProgress__Output>;
  RewrapAll(argument: _tacet_keys_v1_RewrapAllRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_keys_v1_RewrapProgress__Output>;
  /**
   * operator. Wraps every DEK under the newest KEK version, with progress.
   */
  rewrapAll(argument: _tacet_keys_v1_RewrapAllRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_keys_v1_RewrapProgress__Output>;
  rewrapAll(argument: _tacet_keys_v1_RewrapAllRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_keys_v1_RewrapProgress__Output>;
  
  /**
   * operator. Wraps one account's DEKs under the newest version of its KEK, one
   * that the account's own provider made meanwhile included; touches no record.
   * Errors: dek_unknown, kek_disabled, unavailable.
   */
  RewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  RewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  RewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  RewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Wraps one account's DEKs under the newest version of its KEK, one
   * that the account's own provider made meanwhile included; touches no record.
   * Errors: dek_unknown, kek_disabled, unavailable.
   */
  rewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  rewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  rewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  rewrapDek(argument: _tacet_keys_v1_RewrapDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_RewrapDekResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. A next DEK version for new records; old records stay
   * readable. Errors: dek_unknown.
   */
  RotateDek(argument: _tacet_keys_v1_RotateDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  RotateDek(argument: _tacet_keys_v1_RotateDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  RotateDek(argument: _tacet_keys_v1_RotateDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  RotateDek(argument: _tacet_keys_v1_RotateDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. A next DEK version for new records; old records stay
   * readable. Errors: dek_unknown.
   */
  rotateDek(argument: _tacet_keys_v1_RotateDekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  rotateDek(argument: _tacet_keys_v1_RotateDekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  rotateDek(argument: _tacet_keys_v1_RotateDekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  rotateDek(argument: _tacet_keys_v1_RotateDekRequest, callback: grpc.requestCallback<_tacet_keys_v1_DekInfo__Output>): grpc.ClientUnaryCall;
  
  /**
   * operator. Makes a new version of the deployment's KEK; it wraps from now on.
   */
  RotateKek(argument: _tacet_keys_v1_RotateKekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  RotateKek(argument: _tacet_keys_v1_RotateKekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  RotateKek(argument: _tacet_keys_v1_RotateKekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  RotateKek(argument: _tacet_keys_v1_RotateKekRequest, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  /**
   * operator. Makes a new version of the deployment's KEK; it wraps from now on.
   */
  rotateKek(argument: _tacet_keys_v1_RotateKekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  rotateKek(argument: _tacet_keys_v1_RotateKekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  rotateKek(argument: _tacet_keys_v1_RotateKekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  rotateKek(argument: _tacet_keys_v1_RotateKekRequest, callback: grpc.requestCallback<_tacet_keys_v1_KekInfo__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. Bring your own KEK: wraps an account's DEKs under a key
   * that it chose, all of them or none, and everything new from now on; without
   * a provider under the deployment's own KEK again. There is no fallback: when
   * that key is disabled, the account's records are kek_disabled. Errors:
   * dek_unknown, field_invalid, kek_disabled, unavailable.
   */
  SetAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  SetAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  SetAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  SetAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. Bring your own KEK: wraps an account's DEKs under a key
   * that it chose, all of them or none, and everything new from now on; without
   * a provider under the deployment's own KEK again. There is no fallback: when
   * that key is disabled, the account's records are kek_disabled. Errors:
   * dek_unknown, field_invalid, kek_disabled, unavailable.
   */
  setAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  setAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  setAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  setAccountKek(argument: _tacet_keys_v1_SetAccountKekRequest, callback: grpc.requestCallback<_tacet_keys_v1_AccountKek__Output>): grpc.ClientUnaryCall;
  
  /**
   * account (the deletion saga). Destroys all DEKs of an account; idempotent.
   */
  ShredAccount(argument: _tacet_keys_v1_ShredAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  ShredAccount(argument: _tacet_keys_v1_ShredAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  ShredAccount(argument: _tacet_keys_v1_ShredAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  ShredAccount(argument: _tacet_keys_v1_ShredAccountRequest, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account (the deletion saga). Destroys all DEKs of an account; idempotent.
   */
  shredAccount(argument: _tacet_keys_v1_ShredAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  shredAccount(argument: _tacet_keys_v1_ShredAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  shredAccount(argument: _tacet_keys_v1_ShredAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  shredAccount(argument: _tacet_keys_v1_ShredAccountRequest, callback: grpc.requestCallback<_tacet_keys_v1_ShredAccountResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account, operator. Whether a key can be used now: wraps and unwraps a random
   * secret under it. Errors: field_invalid, kek_disabled, unavailable.
   */
  VerifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  VerifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  VerifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  VerifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account, operator. Whether a key can be used now: wraps and unwraps a random
   * secret under it. Errors: field_invalid, kek_disabled, unavailable.
   */
  verifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  verifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  verifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  verifyProvider(argument: _tacet_keys_v1_VerifyProviderRequest, callback: grpc.requestCallback<_tacet_keys_v1_VerifyProviderResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Keys to sealed messages. DEKs never leave the process that serves this.
 * Who may call which rpc: "account", "pruner" or "operator", as each says.
 */
export interface KeyServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * account. Makes the first DEK of an account; idempotent.
   */
  CreateDek: grpc.handleUnaryCall<_tacet_keys_v1_CreateDekRequest__Output, _tacet_keys_v1_DekInfo>;
  
  /**
   * operator. KEK versions and how many DEKs each wraps.
   */
  DescribeKeys: grpc.handleUnaryCall<_tacet_keys_v1_DescribeKeysRequest__Output, _tacet_keys_v1_DescribeKeysResponse>;
  
  /**
   * pruner. Destroys every epoch secret that is past its time; idempotent.
   */
  DestroyEpochs: grpc.handleUnaryCall<_tacet_keys_v1_DestroyEpochsRequest__Output, _tacet_keys_v1_DestroyEpochsResponse>;
  
  /**
   * operator. Destroys a KEK version. Refused (conflict) while any DEK uses
   * it, and until backups that need it have ended, unless forced.
   */
  DestroyKekVersion: grpc.handleUnaryCall<_tacet_keys_v1_DestroyKekVersionRequest__Output, _tacet_keys_v1_KekInfo>;
  
  /**
   * operator. Wraps every DEK under the newest KEK version, with progress.
   */
  RewrapAll: grpc.handleServerStreamingCall<_tacet_keys_v1_RewrapAllRequest__Output, _tacet_keys_v1_RewrapProgress>;
  
  /**
   * operator. Wraps one account's DEKs under the newest version of its KEK, one
   * that the account's own provider made meanwhile included; touches no record.
   * Errors: dek_unknown, kek_disabled, unavailable.
   */
  RewrapDek: grpc.handleUnaryCall<_tacet_keys_v1_RewrapDekRequest__Output, _tacet_keys_v1_RewrapDekResponse>;
  
  /**
   * account, operator. A next DEK version for new records; old records stay
   * readable. Errors: dek_unknown.
   */
  RotateDek: grpc.handleUnaryCall<_tacet_keys_v1_RotateDekRequest__Output, _tacet_keys_v1_DekInfo>;
  
  /**
   * operator. Makes a new version of the deployment's KEK; it wraps from now on.
   */
  RotateKek: grpc.handleUnaryCall<_tacet_keys_v1_RotateKekRequest__Output, _tacet_keys_v1_KekInfo>;
  
  /**
   * account, operator. Bring your own KEK: wraps an account's DEKs under a key
   * that it chose, all of them or none, and everything new from now on; without
   * a provider under the deployment's own KEK again. There is no fallback: when
   * that key is disabled, the account's records are kek_disabled. Errors:
   * dek_unknown, field_invalid, kek_disabled, unavailable.
   */
  SetAccountKek: grpc.handleUnaryCall<_tacet_keys_v1_SetAccountKekRequest__Output, _tacet_keys_v1_AccountKek>;
  
  /**
   * account (the deletion saga). Destroys all DEKs of an account; idempotent.
   */
  ShredAccount: grpc.handleUnaryCall<_tacet_keys_v1_ShredAccountRequest__Output, _tacet_keys_v1_ShredAccountResponse>;
  
  /**
   * account, operator. Whether a key can be used now: wraps and unwraps a random
   * secret under it. Errors: field_invalid, kek_disabled, unavailable.
   */
  VerifyProvider: grpc.handleUnaryCall<_tacet_keys_v1_VerifyProviderRequest__Output, _tacet_keys_v1_VerifyProviderResponse>;
  
}

export interface KeyServiceDefinition extends grpc.ServiceDefinition {
  CreateDek: MethodDefinition<_tacet_keys_v1_CreateDekRequest, _tacet_keys_v1_DekInfo, _tacet_keys_v1_CreateDekRequest__Output, _tacet_keys_v1_DekInfo__Output>
  DescribeKeys: MethodDefinition<_tacet_keys_v1_DescribeKeysRequest, _tacet_keys_v1_DescribeKeysResponse, _tacet_keys_v1_DescribeKeysRequest__Output, _tacet_keys_v1_DescribeKeysResponse__Output>
  DestroyEpochs: MethodDefinition<_tacet_keys_v1_DestroyEpochsRequest, _tacet_keys_v1_DestroyEpochsResponse, _tacet_keys_v1_DestroyEpochsRequest__Output, _tacet_keys_v1_DestroyEpochsResponse__Output>
  DestroyKekVersion: MethodDefinition<_tacet_keys_v1_DestroyKekVersionRequest, _tacet_keys_v1_KekInfo, _tacet_keys_v1_DestroyKekVersionRequest__Output, _tacet_keys_v1_KekInfo__Output>
  RewrapAll: MethodDefinition<_tacet_keys_v1_RewrapAllRequest, _tacet_keys_v1_RewrapProgress, _tacet_keys_v1_RewrapAllRequest__Output, _tacet_keys_v1_RewrapProgress__Output>
  RewrapDek: MethodDefinition<_tacet_keys_v1_RewrapDekRequest, _tacet_keys_v1_RewrapDekResponse, _tacet_keys_v1_RewrapDekRequest__Output, _tacet_keys_v1_RewrapDekResponse__Output>
  RotateDek: MethodDefinition<_tacet_keys_v1_RotateDekRequest, _tacet_keys_v1_DekInfo, _tacet_keys_v1_RotateDekRequest__Output, _tacet_keys_v1_DekInfo__Output>
  RotateKek: MethodDefinition<_tacet_keys_v1_RotateKekRequest, _tacet_keys_v1_KekInfo, _tacet_keys_v1_RotateKekRequest__Output, _tacet_keys_v1_KekInfo__Output>
  SetAccountKek: MethodDefinition<_tacet_keys_v1_SetAccountKekRequest, _tacet_keys_v1_AccountKek, _tacet_keys_v1_SetAccountKekRequest__Output, _tacet_keys_v1_AccountKek__Output>
  ShredAccount: MethodDefinition<_tacet_keys_v1_ShredAccountRequest, _tacet_keys_v1_ShredAccountResponse, _tacet_keys_v1_ShredAccountRequest__Output, _tacet_keys_v1_ShredAccountResponse__Output>
  VerifyProvider: MethodDefinition<_tacet_keys_v1_VerifyProviderRequest, _tacet_keys_v1_VerifyProviderResponse, _tacet_keys_v1_VerifyProviderRequest__Output, _tacet_keys_v1_VerifyProviderResponse__Output>
}

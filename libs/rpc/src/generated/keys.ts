import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AccountKek as _tacet_keys_v1_AccountKek, AccountKek__Output as _tacet_keys_v1_AccountKek__Output } from './tacet/keys/v1/AccountKek.ts';
import type { CreateDekRequest as _tacet_keys_v1_CreateDekRequest, CreateDekRequest__Output as _tacet_keys_v1_CreateDekRequest__Output } from './tacet/keys/v1/CreateDekRequest.ts';
import type { DekInfo as _tacet_keys_v1_DekInfo, DekInfo__Output as _tacet_keys_v1_DekInfo__Output } from './tacet/keys/v1/DekInfo.ts';
import type { DescribeKeysRequest as _tacet_keys_v1_DescribeKeysRequest, DescribeKeysRequest__Output as _tacet_keys_v1_DescribeKeysRequest__Output } from './tacet/keys/v1/DescribeKeysRequest.ts';
import type { DescribeKeysResponse as _tacet_keys_v1_DescribeKeysResponse, DescribeKeysResponse__Output as _tacet_keys_v1_DescribeKeysResponse__Output } from './tacet/keys/v1/DescribeKeysResponse.ts';
import type { DestroyEpochsRequest as _tacet_keys_v1_DestroyEpochsRequest, DestroyEpochsRequest__Output as _tacet_keys_v1_DestroyEpochsRequest__Output } from './tacet/keys/v1/DestroyEpochsRequest.ts';
import type { DestroyEpochsResponse as _tacet_keys_v1_DestroyEpochsResponse, DestroyEpochsResponse__Output as _tacet_keys_v1_DestroyEpochsResponse__Output } from './tacet/keys/v1/DestroyEpochsResponse.ts';
import type { DestroyKekVersionRequest as _tacet_keys_v1_DestroyKekVersionRequest, DestroyKekVersionRequest__Output as _tacet_keys_v1_DestroyKekVersionRequest__Output } from './tacet/keys/v1/DestroyKekVersionRequest.ts';
import type { KekInfo as _tacet_keys_v1_KekInfo, KekInfo__Output as _tacet_keys_v1_KekInfo__Output } from './tacet/keys/v1/KekInfo.ts';
import type { KeyServiceClient as _tacet_keys_v1_KeyServiceClient, KeyServiceDefinition as _tacet_keys_v1_KeyServiceDefinition } from './tacet/keys/v1/KeyService.ts';
import type { OpenRequest as _tacet_keys_v1_OpenRequest, OpenRequest__Output as _tacet_keys_v1_OpenRequest__Output } from './tacet/keys/v1/OpenRequest.ts';
import type { OpenResponse as _tacet_keys_v1_OpenResponse, OpenResponse__Output as _tacet_keys_v1_OpenResponse__Output } from './tacet/keys/v1/OpenResponse.ts';
import type { OpenedRecord as _tacet_keys_v1_OpenedRecord, OpenedRecord__Output as _tacet_keys_v1_OpenedRecord__Output } from './tacet/keys/v1/OpenedRecord.ts';
import type { PlainRecord as _tacet_keys_v1_PlainRecord, PlainRecord__Output as _tacet_keys_v1_PlainRecord__Output } from './tacet/keys/v1/PlainRecord.ts';
import type { RecordContext as _tacet_keys_v1_RecordContext, RecordContext__Output as _tacet_keys_v1_RecordContext__Output } from './tacet/keys/v1/RecordContext.ts';
import type { RewrapAllRequest as _tacet_keys_v1_RewrapAllRequest, RewrapAllRequest__Output as _tacet_keys_v1_RewrapAllRequest__Output } from './tacet/keys/v1/RewrapAllRequest.ts';
import type { RewrapDekRequest as _tacet_keys_v1_RewrapDekRequest, RewrapDekRequest__Output as _tacet_keys_v1_RewrapDekRequest__Output } from './tacet/keys/v1/RewrapDekRequest.ts';
import type { RewrapDekResponse as _tacet_keys_v1_RewrapDekResponse, RewrapDekResponse__Output as _tacet_keys_v1_RewrapDekResponse__Output } from './tacet/keys/v1/RewrapDekResponse.ts';
import type { RewrapProgress as _tacet_keys_v1_RewrapProgress, RewrapProgress__Output as _tacet_keys_v1_RewrapProgress__Output } from './tacet/keys/v1/RewrapProgress.ts';
import type { RotateDekRequest as _tacet_keys_v1_RotateDekRequest, RotateDekRequest__Output as _tacet_keys_v1_RotateDekRequest__Output } from './tacet/keys/v1/RotateDekRequest.ts';
import type { RotateKekRequest as _tacet_keys_v1_RotateKekRequest, RotateKekRequest__Output as _tacet_keys_v1_RotateKekRequest__Output } from './tacet/keys/v1/RotateKekRequest.ts';
import type { SealRequest as _tacet_keys_v1_SealRequest, SealRequest__Output as _tacet_keys_v1_SealRequest__Output } from './tacet/keys/v1/SealRequest.ts';
import type { SealResponse as _tacet_keys_v1_SealResponse, SealResponse__Output as _tacet_keys_v1_SealResponse__Output } from './tacet/keys/v1/SealResponse.ts';
import type { SealServiceClient as _tacet_keys_v1_SealServiceClient, SealServiceDefinition as _tacet_keys_v1_SealServiceDefinition } from './tacet/keys/v1/SealService.ts';
import type { SealedRecord as _tacet_keys_v1_SealedRecord, SealedRecord__Output as _tacet_keys_v1_SealedRecord__Output } from './tacet/keys/v1/SealedRecord.ts';
import type { SetAccountKekRequest as _tacet_keys_v1_SetAccountKekRequest, SetAccountKekRequest__Output as _tacet_keys_v1_SetAccountKekRequest__Output } from './tacet/keys/v1/SetAccountKekRequest.ts';
import type { ShredAccountRequest as _tacet_keys_v1_ShredAccountRequest, ShredAccountRequest__Output as _tacet_keys_v1_ShredAccountRequest__Output } from './tacet/keys/v1/ShredAccountRequest.ts';
import type { ShredAccountResponse as _tacet_keys_v1_ShredAccountResponse, ShredAccountResponse__Output as _tacet_keys_v1_ShredAccountResponse__Output } from './tacet/keys/v1/ShredAccountResponse.ts';
import type { VerifyProviderRequest as _tacet_keys_v1_VerifyProviderRequest, VerifyProviderRequest__Output as _tacet_keys_v1_VerifyProviderRequest__Output } from './tacet/keys/v1/VerifyProviderRequest.ts';
import type { VerifyProviderResponse as _tacet_keys_v1_VerifyProviderResponse, VerifyProviderResponse__Output as _tacet_keys_v1_VerifyProviderResponse__Output } from './tacet/keys/v1/VerifyProviderResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tacet: {
    keys: {
      v1: {
        AccountKek: MessageTypeDefinition<_tacet_keys_v1_AccountKek, _tacet_keys_v1_AccountKek__Output>
        CreateDekRequest: MessageTypeDefinition<_tacet_keys_v1_CreateDekRequest, _tacet_keys_v1_CreateDekRequest__Output>
        DekInfo: MessageTypeDefinition<_tacet_keys_v1_DekInfo, _tacet_keys_v1_DekInfo__Output>
        DescribeKeysRequest: MessageTypeDefinition<_tacet_keys_v1_DescribeKeysRequest, _tacet_keys_v1_DescribeKeysRequest__Output>
        DescribeKeysResponse: MessageTypeDefinition<_tacet_keys_v1_DescribeKeysResponse, _tacet_keys_v1_DescribeKeysResponse__Output>
        DestroyEpochsRequest: MessageTypeDefinition<_tacet_keys_v1_DestroyEpochsRequest, _tacet_keys_v1_DestroyEpochsRequest__Output>
        DestroyEpochsResponse: MessageTypeDefinition<_tacet_keys_v1_DestroyEpochsResponse, _tacet_keys_v1_DestroyEpochsResponse__Output>
        DestroyKekVersionRequest: MessageTypeDefinition<_tacet_keys_v1_DestroyKekVersionRequest, _tacet_keys_v1_DestroyKekVersionRequest__Output>
        KekInfo: MessageTypeDefinition<_tacet_keys_v1_KekInfo, _tacet_keys_v1_KekInfo__Output>
        /**
         * Keys to sealed messages. DEKs never leave the process that serves this.
         * Who may call which rpc: "account", "pruner" or "operator", as each says.
         */
        KeyService: SubtypeConstructor<typeof grpc.Client, _tacet_keys_v1_KeyServiceClient> & { service: _tacet_keys_v1_KeyServiceDefinition }
        OpenRequest: MessageTypeDefinition<_tacet_keys_v1_OpenRequest, _tacet_keys_v1_OpenRequest__Output>
        OpenResponse: MessageTypeDefinition<_tacet_keys_v1_OpenResponse, _tacet_keys_v1_OpenResponse__Output>
        OpenedRecord: MessageTypeDefinition<_tacet_keys_v1_OpenedRecord, _tacet_keys_v1_OpenedRecord__Output>
        PlainRecord: MessageTypeDefinition<_tacet_keys_v1_PlainRecord, _tacet_keys_v1_PlainRecord__Output>
        RecordContext: MessageTypeDefinition<_tacet_keys_v1_RecordContext, _tacet_keys_v1_RecordContext__Output>
        RewrapAllRequest: MessageTypeDefinition<_tacet_keys_v1_RewrapAllRequest, _tacet_keys_v1_RewrapAllRequest__Output>
        RewrapDekRequest: MessageTypeDefinition<_tacet_keys_v1_RewrapDekRequest, _tacet_keys_v1_RewrapDekRequest__Output>
        RewrapDekResponse: MessageTypeDefinition<_tacet_keys_v1_RewrapDekResponse, _tacet_keys_v1_RewrapDekResponse__Output>
        RewrapProgress: MessageTypeDefinition<_tacet_keys_v1_RewrapProgress, _tacet_keys_v1_RewrapProgress__Output>
        RotateDekRequest: MessageTypeDefinition<_tacet_keys_v1_RotateDekRequest, _tacet_keys_v1_RotateDekRequest__Output>
        RotateKekRequest: MessageTypeDefinition<_tacet_keys_v1_RotateKekRequest, _tacet_keys_v1_RotateKekRequest__Output>
        SealRequest: MessageTypeDefinition<_tacet_keys_v1_SealRequest, _tacet_keys_v1_SealRequest__Output>
        SealResponse: MessageTypeDefinition<_tacet_keys_v1_SealResponse, _tacet_keys_v1_SealResponse__Output>
        /**
         * Sealing and opening of records (RecordV1, libs/sealed-record). One account
         * a call; at most 1,000 records, 1 MiB each, 4 MiB together (else
         * batch_too_large).
         */
        SealService: SubtypeConstructor<typeof grpc.Client, _tacet_keys_v1_SealServiceClient> & { service: _tacet_keys_v1_SealServiceDefinition }
        SealedRecord: MessageTypeDefinition<_tacet_keys_v1_SealedRecord, _tacet_keys_v1_SealedRecord__Output>
        SetAccountKekRequest: MessageTypeDefinition<_tacet_keys_v1_SetAccountKekRequest, _tacet_keys_v1_SetAccountKekRequest__Output>
        ShredAccountRequest: MessageTypeDefinition<_tacet_keys_v1_ShredAccountRequest, _tacet_keys_v1_ShredAccountRequest__Output>
        ShredAccountResponse: MessageTypeDefinition<_tacet_keys_v1_ShredAccountResponse, _tacet_keys_v1_ShredAccountResponse__Output>
        VerifyProviderRequest: MessageTypeDefinition<_tacet_keys_v1_VerifyProviderRequest, _tacet_keys_v1_VerifyProviderRequest__Output>
        VerifyProviderResponse: MessageTypeDefinition<_tacet_keys_v1_VerifyProviderResponse, _tacet_keys_v1_VerifyProviderResponse__Output>
      }
    }
  }
}


// Original file: proto/tacet/keys/v1/keys.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { OpenRequest as _tacet_keys_v1_OpenRequest, OpenRequest__Output as _tacet_keys_v1_OpenRequest__Output } from '../../../tacet/keys/v1/OpenRequest.ts';
import type { OpenResponse as _tacet_keys_v1_OpenResponse, OpenResponse__Output as _tacet_keys_v1_OpenResponse__Output } from '../../../tacet/keys/v1/OpenResponse.ts';
import type { SealRequest as _tacet_keys_v1_SealRequest, SealRequest__Output as _tacet_keys_v1_SealRequest__Output } from '../../../tacet/keys/v1/SealRequest.ts';
import type { SealResponse as _tacet_keys_v1_SealResponse, SealResponse__Output as _tacet_keys_v1_SealResponse__Output } from '../../../tacet/keys/v1/SealResponse.ts';

/**
 * Sealing and opening of records (RecordV1, libs/sealed-record). One account
 * a call; at most 1,000 records, 1 MiB each, 4 MiB together (else
 * batch_too_large).
 */
export interface SealServiceClient extends grpc.Client {
  /**
   * account. A record that does not open is `refused`, whatever the reason.
   * Errors: dek_unknown, kek_disabled, field_invalid, batch_too_large.
   */
  Open(argument: _tacet_keys_v1_OpenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _tacet_keys_v1_OpenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _tacet_keys_v1_OpenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  Open(argument: _tacet_keys_v1_OpenRequest, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account. A record that does not open is `refused`, whatever the reason.
   * Errors: dek_unknown, kek_disabled, field_invalid, batch_too_large.
   */
  open(argument: _tacet_keys_v1_OpenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _tacet_keys_v1_OpenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _tacet_keys_v1_OpenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  open(argument: _tacet_keys_v1_OpenRequest, callback: grpc.requestCallback<_tacet_keys_v1_OpenResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * account. Errors: dek_unknown, kek_disabled, epoch_past, field_invalid,
   * batch_too_large.
   */
  Seal(argument: _tacet_keys_v1_SealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  Seal(argument: _tacet_keys_v1_SealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  Seal(argument: _tacet_keys_v1_SealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  Seal(argument: _tacet_keys_v1_SealRequest, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  /**
   * account. Errors: dek_unknown, kek_disabled, epoch_past, field_invalid,
   * batch_too_large.
   */
  seal(argument: _tacet_keys_v1_SealRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  seal(argument: _tacet_keys_v1_SealRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  seal(argument: _tacet_keys_v1_SealRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  seal(argument: _tacet_keys_v1_SealRequest, callback: grpc.requestCallback<_tacet_keys_v1_SealResponse__Output>): grpc.ClientUnaryCall;
  
}

/**
 * Sealing and opening of records (RecordV1, libs/sealed-record). One account
 * a call; at most 1,000 records, 1 MiB each, 4 MiB together (else
 * batch_too_large).
 */
export interface SealServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * account. A record that does not open is `refused`, whatever the reason.
   * Errors: dek_unknown, kek_disabled, field_invalid, batch_too_large.
   */
  Open: grpc.handleUnaryCall<_tacet_keys_v1_OpenRequest__Output, _tacet_keys_v1_OpenResponse>;
  
  /**
   * account. Errors: dek_unknown, kek_disabled, epoch_past, field_invalid,
   * batch_too_large.
   */
  Seal: grpc.handleUnaryCall<_tacet_keys_v1_SealRequest__Output, _tacet_keys_v1_SealResponse>;
  
}

export interface SealServiceDefinition extends grpc.ServiceDefinition {
  Open: MethodDefinition<_tacet_keys_v1_OpenRequest, _tacet_keys_v1_OpenResponse, _tacet_keys_v1_OpenRequest__Output, _tacet_keys_v1_OpenResponse__Output>
  Seal: MethodDefinition<_tacet_keys_v1_SealRequest, _tacet_keys_v1_SealResponse, _tacet_keys_v1_SealRequest__Output, _tacet_keys_v1_SealResponse__Output>
}

// Original file: proto/tacet/directory/v1/directory.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ResolveAccountRequest as _tacet_directory_v1_ResolveAccountRequest, ResolveAccountRequest__Output as _tacet_directory_v1_ResolveAccountRequest__Output } from '../../../tacet/directory/v1/ResolveAccountRequest.ts';
import type { ResolveRequest as _tacet_directory_v1_ResolveRequest, ResolveRequest__Output as _tacet_directory_v1_ResolveRequest__Output } from '../../../tacet/directory/v1/ResolveRequest.ts';
import type { ResolveResponse as _tacet_directory_v1_ResolveResponse, ResolveResponse__Output as _tacet_directory_v1_ResolveResponse__Output } from '../../../tacet/directory/v1/ResolveResponse.ts';
import type { WatchEvent as _tacet_directory_v1_WatchEvent, WatchEvent__Output as _tacet_directory_v1_WatchEvent__Output } from '../../../tacet/directory/v1/WatchEvent.ts';
import type { WatchRequest as _tacet_directory_v1_WatchRequest, WatchRequest__Output as _tacet_directory_v1_WatchRequest__Output } from '../../../tacet/directory/v1/WatchRequest.ts';

/**
 * What edges (and key-service, for evictions) need to know about keys and
 * accounts. Called by "edge" and "key-service". Served by account.
 */
export interface KeyDirectoryClient extends grpc.Client {
  /**
   * edge. Looks an API key up by its hash. An unknown hash is an answer
   * (state UNKNOWN), not an error.
   */
  Resolve(argument: _tacet_directory_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _tacet_directory_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _tacet_directory_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  Resolve(argument: _tacet_directory_v1_ResolveRequest, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. Looks an API key up by its hash. An unknown hash is an answer
   * (state UNKNOWN), not an error.
   */
  resolve(argument: _tacet_directory_v1_ResolveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolve(argument: _tacet_directory_v1_ResolveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolve(argument: _tacet_directory_v1_ResolveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolve(argument: _tacet_directory_v1_ResolveRequest, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge. The policy of an account itself, for chat through the internal door.
   */
  ResolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  ResolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  ResolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  ResolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  /**
   * edge. The policy of an account itself, for chat through the internal door.
   */
  resolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  resolveAccount(argument: _tacet_directory_v1_ResolveAccountRequest, callback: grpc.requestCallback<_tacet_directory_v1_ResolveResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * edge, key-service. Changes since a revision, then as they happen, with a
   * heartbeat every 250 ms. Answers `reset` first when the revision is older
   * than what is kept (10 minutes): the caller drops its whole cache.
   */
  Watch(argument: _tacet_directory_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_directory_v1_WatchEvent__Output>;
  Watch(argument: _tacet_directory_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_directory_v1_WatchEvent__Output>;
  /**
   * edge, key-service. Changes since a revision, then as they happen, with a
   * heartbeat every 250 ms. Answers `reset` first when the revision is older
   * than what is kept (10 minutes): the caller drops its whole cache.
   */
  watch(argument: _tacet_directory_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_directory_v1_WatchEvent__Output>;
  watch(argument: _tacet_directory_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tacet_directory_v1_WatchEvent__Output>;
  
}

/**
 * What edges (and key-service, for evictions) need to know about keys and
 * accounts. Called by "edge" and "key-service". Served by account.
 */
export interface KeyDirectoryHandlers extends grpc.UntypedServiceImplementation {
  /**
   * edge. Looks an API key up by its hash. An unknown hash is an answer
   * (state UNKNOWN), not an error.
   */
  Resolve: grpc.handleUnaryCall<_tacet_directory_v1_ResolveRequest__Output, _tacet_directory_v1_ResolveResponse>;
  
  /**
   * edge. The policy of an account itself, for chat through the internal door.
   */
  ResolveAccount: grpc.handleUnaryCall<_tacet_directory_v1_ResolveAccountRequest__Output, _tacet_directory_v1_ResolveResponse>;
  
  /**
   * edge, key-service. Changes since a revision, then as they happen, with a
   * heartbeat every 250 ms. Answers `reset` first when the revision is older
   * than what is kept (10 minutes): the caller drops its whole cache.
   */
  Watch: grpc.handleServerStreamingCall<_tacet_directory_v1_WatchRequest__Output, _tacet_directory_v1_WatchEvent>;
  
}

export interface KeyDirectoryDefinition extends grpc.ServiceDefinition {
  Resolve: MethodDefinition<_tacet_directory_v1_ResolveRequest, _tacet_directory_v1_ResolveResponse, _tacet_directory_v1_ResolveRequest__Output, _tacet_directory_v1_ResolveResponse__Output>
  ResolveAccount: MethodDefinition<_tacet_directory_v1_ResolveAccountRequest, _tacet_directory_v1_ResolveResponse, _tacet_directory_v1_ResolveAccountRequest__Output, _tacet_directory_v1_ResolveResponse__Output>
  Watch: MethodDefinition<_tacet_directory_v1_WatchRequest, _tacet_directory_v1_WatchEvent, _tacet_directory_v1_WatchRequest__Output, _tacet_directory_v1_WatchEvent__Output>
}

import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Heartbeat as _tacet_directory_v1_Heartbeat, Heartbeat__Output as _tacet_directory_v1_Heartbeat__Output } from './tacet/directory/v1/Heartbeat.ts';
import type { KeyDirectoryClient as _tacet_directory_v1_KeyDirectoryClient, KeyDirectoryDefinition as _tacet_directory_v1_KeyDirectoryDefinition } from './tacet/directory/v1/KeyDirectory.ts';
import type { Limits as _tacet_directory_v1_Limits, Limits__Output as _tacet_directory_v1_Limits__Output } from './tacet/directory/v1/Limits.ts';
import type { Reset as _tacet_directory_v1_Reset, Reset__Output as _tacet_directory_v1_Reset__Output } from './tacet/directory/v1/Reset.ts';
import type { ResolveAccountRequest as _tacet_directory_v1_ResolveAccountRequest, ResolveAccountRequest__Output as _tacet_directory_v1_ResolveAccountRequest__Output } from './tacet/directory/v1/ResolveAccountRequest.ts';
import type { ResolveRequest as _tacet_directory_v1_ResolveRequest, ResolveRequest__Output as _tacet_directory_v1_ResolveRequest__Output } from './tacet/directory/v1/ResolveRequest.ts';
import type { ResolveResponse as _tacet_directory_v1_ResolveResponse, ResolveResponse__Output as _tacet_directory_v1_ResolveResponse__Output } from './tacet/directory/v1/ResolveResponse.ts';
import type { WatchEvent as _tacet_directory_v1_WatchEvent, WatchEvent__Output as _tacet_directory_v1_WatchEvent__Output } from './tacet/directory/v1/WatchEvent.ts';
import type { WatchRequest as _tacet_directory_v1_WatchRequest, WatchRequest__Output as _tacet_directory_v1_WatchRequest__Output } from './tacet/directory/v1/WatchRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tacet: {
    directory: {
      v1: {
        Heartbeat: MessageTypeDefinition<_tacet_directory_v1_Heartbeat, _tacet_directory_v1_Heartbeat__Output>
        /**
         * What edges (and key-service, for evictions) need to know about keys and
         * accounts. Called by "edge" and "key-service". Served by account.
         */
        KeyDirectory: SubtypeConstructor<typeof grpc.Client, _tacet_directory_v1_KeyDirectoryClient> & { service: _tacet_directory_v1_KeyDirectoryDefinition }
        KeyState: EnumTypeDefinition
        Limits: MessageTypeDefinition<_tacet_directory_v1_Limits, _tacet_directory_v1_Limits__Output>
        Reset: MessageTypeDefinition<_tacet_directory_v1_Reset, _tacet_directory_v1_Reset__Output>
        ResolveAccountRequest: MessageTypeDefinition<_tacet_directory_v1_ResolveAccountRequest, _tacet_directory_v1_ResolveAccountRequest__Output>
        ResolveRequest: MessageTypeDefinition<_tacet_directory_v1_ResolveRequest, _tacet_directory_v1_ResolveRequest__Output>
        ResolveResponse: MessageTypeDefinition<_tacet_directory_v1_ResolveResponse, _tacet_directory_v1_ResolveResponse__Output>
        WatchEvent: MessageTypeDefinition<_tacet_directory_v1_WatchEvent, _tacet_directory_v1_WatchEvent__Output>
        WatchRequest: MessageTypeDefinition<_tacet_directory_v1_WatchRequest, _tacet_directory_v1_WatchRequest__Output>
      }
    }
  }
}


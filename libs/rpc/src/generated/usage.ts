import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { NoLogTotal as _tacet_usage_v1_NoLogTotal, NoLogTotal__Output as _tacet_usage_v1_NoLogTotal__Output } from './tacet/usage/v1/NoLogTotal.ts';
import type { NoLogVersion as _tacet_usage_v1_NoLogVersion, NoLogVersion__Output as _tacet_usage_v1_NoLogVersion__Output } from './tacet/usage/v1/NoLogVersion.ts';
import type { PartitionSeq as _tacet_usage_v1_PartitionSeq, PartitionSeq__Output as _tacet_usage_v1_PartitionSeq__Output } from './tacet/usage/v1/PartitionSeq.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tacet: {
    usage: {
      v1: {
        NoLogTotal: MessageTypeDefinition<_tacet_usage_v1_NoLogTotal, _tacet_usage_v1_NoLogTotal__Output>
        NoLogVersion: MessageTypeDefinition<_tacet_usage_v1_NoLogVersion, _tacet_usage_v1_NoLogVersion__Output>
        PartitionSeq: MessageTypeDefinition<_tacet_usage_v1_PartitionSeq, _tacet_usage_v1_PartitionSeq__Output>
      }
    }
  }
}


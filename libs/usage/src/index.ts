export { partitionOf } from './partition.ts';
export {
  decodeRecord,
  encodeRecord,
  partitionCount,
  recordBytes,
  RecordError,
  recordIsIntact,
  recordKind,
  recordRoute,
  recordStatus,
  usageSource,
  type RecordKind,
  type RecordRoute,
  type RecordStatus,
  type UsageRecord,
  type UsageSource,
} from './record.ts';

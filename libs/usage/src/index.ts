export { partitionOf } from './partition.ts';
export {
  decodeRecord,
  encodeRecord,
  partitionCount,
  readRecordPlace,
  recordBytes,
  RecordError,
  recordIsIntact,
  recordKind,
  recordRoute,
  recordStatus,
  usageSource,
  type RecordKind,
  type RecordPlace,
  type RecordRoute,
  type RecordStatus,
  type UsageRecord,
  type UsageSource,
} from './record.ts';
export { writeId, writeU32, writeU64 } from './write-field.ts';

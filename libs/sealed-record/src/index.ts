export { createNonceSource, type NonceSource } from './nonce-source.ts';
export { RecordRefusedError } from './record-refused-error.ts';
export { createRecordKey, openRecord, parseRecord, sealRecord, type ParsedRecord, type RecordContext, type RecordKey } from './record.ts';
export { commitDek, dekIsCommitted, encodeBinding, encodeWrappedDek, parseWrappedDek } from './wrapped-dek.ts';
export { providerByte, unwrapLocally, wrapLocally, type DekBinding, type WrappedDek } from './wrapped-dek.ts';

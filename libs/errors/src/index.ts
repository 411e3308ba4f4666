export { errorCatalogue, grpcStatus, isErrorCode, type ErrorCode, type ErrorEntry } from './catalogue.ts';
export { TacetError, toTacetError, type ErrorDetail } from './tacet-error.ts';

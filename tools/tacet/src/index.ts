export { operatorFileName, operatorFileSchema, type OperatorFile } from './operator-file.ts';

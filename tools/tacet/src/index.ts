export { operatorFileName, operatorFileSchema, type OperatorFile } from './operator-file.ts';
export { parsePriceList, toModelPrices, type PricedModel } from './price-list.ts';

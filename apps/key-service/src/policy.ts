import type { Policy } from '@tacet/rpc';

/**
 * Who may call what of KeyService at the most: as keys.proto says of each rpc. The pruner may destroy epochs and nothing
 * else. `policy.yaml` may take away from it, and cannot add.
 */
export const keyServicePolicy: Policy<'KeyService'> = {
  CreateDek: ['account'],
  RotateDek: ['account', 'operator'],
  RewrapDek: ['operator'],
  RewrapAll: ['operator'],
  SetAccountKek: ['account', 'operator'],
  VerifyProvider: ['account', 'operator'],
  RotateKek: ['operator'],
  DescribeKeys: ['operator'],
  DestroyKekVersion: ['operator'],
  ShredAccount: ['account'],
  DestroyEpochs: ['pruner'],
};

/** The same of SealService: account alone. Not the operator, who has no business with messages. */
export const sealServicePolicy: Policy<'SealService'> = { Seal: ['account'], Open: ['account'] };

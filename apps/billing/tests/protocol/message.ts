import type { EdgeModel, LeaseName, Total } from './edge-model.ts';

/** What travels between edges and billing. */
export type Message =
  | {
      readonly to: 'billing';
      readonly kind: 'heartbeat';
      readonly epoch: number;
      readonly number: number;
      readonly base: readonly bigint[];
      readonly leases: readonly { name: LeaseName; version: bigint; want: bigint }[];
    }
  | {
      readonly to: 'billing';
      readonly kind: 'set';
      readonly epoch: number;
      readonly name: LeaseName;
      readonly version: bigint;
      readonly want: bigint;
    }
  | {
      readonly to: 'billing';
      readonly kind: 'append';
      readonly epoch: number;
      readonly totals: readonly Omit<Total, 'epoch'>[];
      readonly final: boolean;
    }
  | { readonly to: 'edge'; readonly epoch: number; readonly receive: (edge: EdgeModel) => void; readonly anyEpoch?: boolean };

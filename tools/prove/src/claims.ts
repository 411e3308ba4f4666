import type { Claim } from './claim.ts';
import { c0 } from './claims/c0.ts';
import { c1 } from './claims/c1.ts';
import { c2 } from './claims/c2.ts';
import { c3 } from './claims/c3.ts';
import { c4 } from './claims/c4.ts';
import { c5 } from './claims/c5.ts';
import { c6 } from './claims/c6.ts';
import { c7 } from './claims/c7.ts';
import { c8 } from './claims/c8.ts';
import { c9 } from './claims/c9.ts';
import { c10 } from './claims/c10.ts';
import { c11 } from './claims/c11.ts';
import { c12 } from './claims/c12.ts';
import { c13 } from './claims/c13.ts';
import { c14 } from './claims/c14.ts';
import { c15 } from './claims/c15.ts';

/** Every claim, in the order in which they are printed. */
export const claims: readonly Claim[] = [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15];

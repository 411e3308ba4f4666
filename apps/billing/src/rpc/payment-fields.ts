import { TacetError } from '@tacet/errors';
import { returnUrlCharactersMax, topUpNanoMax, topUpNanoMin } from '../limits.ts';
import type { Payments } from '../stripe/start-payments.ts';
import { centsOfNano } from '../stripe/cents.ts';
import { integerField } from './fields.ts';

/** Stripe, where it is set up, else `payments_closed`. */
export function openPayments(payments: Payments | undefined): Payments {
  if (!payments) throw new TacetError('payments_closed');
  return payments;
}

/** A purchase: whole cents within the limits. Throws `field_invalid`. */
export function purchaseField(param: string, text: string): bigint {
  return centsField(param, integerField(param, text, topUpNanoMin, topUpNanoMax));
}

/** Refuses what is not a whole number of cents with `field_invalid`. */
export function centsField(param: string, nano: bigint): bigint {
  if (centsOfNano(nano) === undefined) throw new TacetError('field_invalid', { param, message: `${param} must be whole cents.` });
  return nano;
}

/** Where Stripe sends the browser: an http or https address. Throws `field_invalid`. */
export function returnUrlField(param: string, text: string): string {
  const url = text.length <= returnUrlCharactersMax ? URL.parse(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') throw new TacetError('field_invalid', { param });
  return text;
}

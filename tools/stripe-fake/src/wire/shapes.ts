import { z } from 'zod';
import { pageMax } from '../limits.ts';

/** Adds an issue with the words and the code that Stripe has for it. */
function complain(context: z.RefinementCtx, message: string, code?: string): never {
  context.addIssue({ code: 'custom', message, params: { code } });
  return z.NEVER;
}

/** A text that is not empty. */
export function text(charactersMax = 5_000) {
  return z.string().transform((value, context) => {
    if (value === '') return complain(context, 'You passed an empty string. We assume empty values are an attempt to unset a parameter; however this parameter cannot be unset. You should remove it from your request or supply a non-empty value.', 'parameter_invalid_empty');
    if (value.length > charactersMax) return complain(context, `Invalid string: must be at most ${charactersMax} characters`);
    return value;
  });
}

/** A text that the empty string unsets: null then. */
export function clearableText(charactersMax = 5_000) {
  return z.string().max(charactersMax, `Invalid string: must be at most ${charactersMax} characters`).transform((value) => (value === '' ? null : value));
}

/** A whole number. */
export function whole(min: number, max: number) {
  return z.string().transform((value, context) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number)) return complain(context, `Invalid integer: ${value.slice(0, 40)}`, 'parameter_invalid_integer');
    if (number < min) return complain(context, `This value must be greater than or equal to ${min}.`, 'parameter_invalid_integer');
    if (number > max) return complain(context, `This value must be less than or equal to ${max}.`, 'parameter_invalid_integer');
    return number;
  });
}

/** An amount in the smallest unit of its currency. */
export function amount() {
  return whole(0, 99_999_999);
}

/** `true` or `false`. */
export function flag() {
  return z.string().transform((value, context) => (value === 'true' || value === 'false' ? value === 'true' : complain(context, `Invalid boolean: ${value.slice(0, 40)}`)));
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.string().transform((value, context): Words[number] => (words.includes(value) ? value : complain(context, `must be one of ${words.join(', ')}`)));
}

/** A currency that the fake knows, in lower case. */
export function currency() {
  const known = ['usd', 'eur', 'gbp', 'chf', 'cad', 'aud', 'nzd', 'sek', 'nok', 'dkk', 'pln', 'jpy'];
  return z.string().transform((value, context) => (known.includes(value.toLowerCase()) ? value.toLowerCase() : complain(context, `${value.slice(0, 10)}. Stripe currently supports these currencies: ${known.join(', ')}`)));
}

/** An address that a browser can be sent to. */
export function address() {
  return text().transform((value, context) => (/^https?:\/\//.test(value) && URL.canParse(value) ? value : complain(context, 'Not a valid URL', 'url_invalid')));
}

/** An e-mail address. */
export function email() {
  return text(512).transform((value, context) => (/^[^\s@]+@[^\s@]+$/.test(value) ? value : complain(context, 'Invalid email address', 'email_invalid')));
}

/** A list: `a[0]=…&a[1]=…` or `a[]=…`. */
export function list<Shape extends z.ZodType>(shape: Shape, max = 100) {
  return z.preprocess((value, context) => {
    if (typeof value !== 'object' || value === null) return complain(context, 'Invalid array');
    const names = Object.keys(value);
    if (names.some((name) => !/^\d+$/.test(name))) return complain(context, 'Invalid array');
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => (value as Record<string, unknown>)[name]);
  }, z.array(shape).max(max, `Invalid array: at most ${max} elements`));
}

/** An object with these members and no others. */
export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value, context) => (typeof value === 'string' ? complain(context, 'Invalid object') : value), z.strictObject(shape));
}

/** The members given; one that is empty is to be deleted, and an empty string in place of the object deletes all. */
export type MetadataChange = Readonly<Record<string, string>> | '';

/** 50 names of 40 characters with values of 500. Source: docs.stripe.com/api/metadata. */
export function metadata() {
  return z.union([z.literal(''), z.record(z.string(), z.string())]).transform((value, context): MetadataChange => {
    const entries = Object.entries(value);
    if (entries.length > 50) return complain(context, 'Metadata objects can have at most 50 keys.');
    if (entries.some(([name]) => name.length > 40)) return complain(context, 'Metadata keys must be at most 40 characters long.');
    if (entries.some(([, text]) => text.length > 500)) return complain(context, 'Metadata values must be at most 500 characters long.');
    return value;
  });
}

/** Applies a change of metadata. */
export function applyMetadata(old: Readonly<Record<string, string>>, change: MetadataChange | undefined): Record<string, string> {
  if (change === '') return {};
  return Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== ''));
}

/** A bound on a time: `created=…` or `created[gte]=…`. */
export function timeRange() {
  const time = whole(0, 9_999_999_999);
  return z.preprocess((value) => (typeof value === 'string' ? { gte: value, lte: value } : value), z.strictObject({ gt: time.optional(), gte: time.optional(), lt: time.optional(), lte: time.optional() }));
}

/** What every request may ask for beside its own parameters. */
export const expandShape = { expand: list(text(500), 20).optional() };

/** What every list may be asked. */
export const pageShape = {
  ...expandShape,
  limit: whole(1, pageMax).optional(),
  starting_after: text().optional(),
  ending_before: text().optional(),
};

/** What most lists may be asked. */
export const timedPageShape = { ...pageShape, created: timeRange().optional() };

import type { z } from 'zod';
import type { Collection } from '../collection.ts';
import type { List } from '../objects/json.ts';
import { pageMax } from '../limits.ts';
import type { pageShape } from './shapes.ts';
import { resourceMissing } from './stripe-error.ts';

/** What a list was asked for. */
export type Page = { readonly [Name in keyof typeof pageShape]?: z.output<(typeof pageShape)[Name]> | undefined };

/** A page of those that match, the newest first. Source: docs.stripe.com/api/pagination. */
export function paginate<T extends { readonly id: string; readonly created: number }>(collection: Collection<T>, url: string, page: Page, matches: (object: T) => boolean = () => true): List<T> {
  const { limit = 10, starting_after: after, ending_before: before, created = {} } = page;
  const inTime = ({ created: at }: T) => at > (created.gt ?? -1) && at >= (created.gte ?? 0) && at < (created.lt ?? Infinity) && at <= (created.lte ?? Infinity);
  const all = collection.newestFirst();
  const from = after === undefined ? 0 : placeOf(collection, all, after, 'starting_after') + 1;
  const to = before === undefined ? all.length : placeOf(collection, all, before, 'ending_before');
  const found = all.slice(from, to).filter((object) => inTime(object) && matches(object));
  const size = Math.min(limit, pageMax);
  // Before something means: those next to it.
  const data = before === undefined ? found.slice(0, size) : found.slice(-size);
  return { object: 'list', data, has_more: found.length > data.length, url };
}

function placeOf<T extends { readonly id: string }>(collection: Collection<T>, all: readonly T[], id: string, param: string): number {
  const place = all.findIndex((object) => object.id === id);
  if (place < 0) throw resourceMissing(collection.noun, id, param);
  return place;
}

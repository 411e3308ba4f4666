import type { z } from 'zod';
import type { Collection } from '../collection.ts';
import type { List } from '../objects/json.ts';
import type { pageShape, timedPageShape } from './shapes.ts';
import { resourceMissing } from './stripe-error.ts';

type Asked<Shape extends z.ZodRawShape> = { readonly [Name in keyof Shape]?: z.output<Shape[Name]> | undefined };

/** What a list was asked for. */
export type Page = Asked<typeof pageShape>;

/** A page of those that match, the newest first. Source: docs.stripe.com/api/pagination. */
export function paginate<T extends { readonly id: string; readonly created: number }>(collection: Collection<T>, url: string, page: Asked<typeof timedPageShape>, matches: (object: T) => boolean = () => true): List<T> {
  const { created = {} } = page;
  const inTime = ({ created: at }: T) => at > (created.gt ?? -1) && at >= (created.gte ?? 0) && at < (created.lt ?? Infinity) && at <= (created.lte ?? Infinity);
  return pageOf(collection.newestFirst(), collection.noun, url, page, (object) => inTime(object) && matches(object));
}

/** A page of a list that is in its order. */
export function pageOf<T extends { readonly id: string }>(all: readonly T[], noun: string, url: string, page: Page, matches: (object: T) => boolean = () => true): List<T> {
  const { limit = 10, starting_after: after, ending_before: before } = page;
  const from = after === undefined ? 0 : placeOf(all, noun, after, 'starting_after') + 1;
  const to = before === undefined ? all.length : placeOf(all, noun, before, 'ending_before');
  const found = all.slice(from, to).filter(matches);
  // Before something means: those next to it.
  const data = before === undefined ? found.slice(0, limit) : found.slice(-limit);
  return { object: 'list', data, has_more: found.length > data.length, url };
}

function placeOf(all: readonly { readonly id: string }[], noun: string, id: string, param: string): number {
  const place = all.findIndex((object) => object.id === id);
  if (place < 0) throw resourceMissing(noun, id, param);
  return place;
}

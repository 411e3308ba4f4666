/** Text by name, as the owner of the account stores it with an object. */
export type Metadata = Record<string, string>;

/** A list as Stripe writes it. */
export interface List<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
}

/** A list that holds all there is. */
export function wholeList<T>(url: string, data: T[]): List<T> {
  return { object: 'list', data, has_more: false, url };
}

/** A value whose type is wider than what it is at first. */
export function initially<T>(value: T): T {
  return value;
}

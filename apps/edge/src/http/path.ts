/**
 * The path of a request as this router knows it: `/v1/…`, though SDKs put the prefix twice or leave it out.
 * The query is not looked at.
 */
export function routePath(url: string): string {
  const end = url.indexOf('?');
  let path = end < 0 ? url : url.slice(0, end);
  while (path.startsWith('/v1/')) path = path.slice(3);
  return `/v1${path}`;
}

/** What follows the path of a URL, the question mark included; '' where there is nothing. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

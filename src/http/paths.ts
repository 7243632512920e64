/** Where the Atlas API begins. */
export const API_PREFIX = '/api/atlas/v2';

/** Path and query of a request target, which a proxy may have made absolute. */
export function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/]*/i, '');
}

/** Path of a request target, without its query. */
export function pathWithoutQuery(target: string): string {
  return pathOf(target).split('?', 1)[0] ?? '';
}

import { unescape } from 'node:querystring';

/** Where the Atlas API begins. */
export const API_PREFIX = '/api/atlas/v2';

/** Path and query of a request target, which a proxy may have made absolute. */
export function pathOf(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/]*/i, '');
}

/** Path of a request target, without its query. */
export function pathWithoutQuery(target: string): string {
  return pathOf(target).split('?', 1)[0] ?? '';
}

/**
 * A request target without the path of the public address, which a proxy may have left in place.
 *
 * @param basePath such as `/atlas`; empty without such a path
 */
export function withoutBase(target: string, basePath: string): string {
  if (basePath === '') return target;
  const path = pathOf(target);
  const rest = path.slice(basePath.length);
  return path.startsWith(basePath) && /^\/+(?:api|_emulator)(?:[/?]|$)/.test(unescape(rest)) ? rest : target;
}

/** Whether a path matches a pattern, in which each `*` stands for any text. Takes linear time. */
export function hasForm(text: string, form: string): boolean {
  const [first = '', ...rest] = form.split('*');
  const last = rest.pop();
  if (last === undefined) return form === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

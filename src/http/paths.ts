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

/**
 * Path templates and the methods that each has. A part that begins with a colon takes any text without a slash or a
 * colon; what follows a second colon is a verb, as in `/processor/:processorName:start`.
 */
export class PathTable {
  readonly #rows: { readonly pattern: RegExp; readonly method: string; readonly name: string }[] = [];

  /** @param name of the operation that has this method and path */
  add(method: string, template: string, name: string): void {
    const parts = template
      .split('/')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^:[^:]+/, '[^/:]+'));
    this.#rows.push({ pattern: new RegExp(`^${parts.join('/')}$`), method, name });
  }

  /** The methods of the templates that a path matches, each with its operation's name; the first row counts. */
  methodsOf(path: string): ReadonlyMap<string, string> {
    const methods = new Map<string, string>();
    for (const { pattern, method, name } of this.#rows) {
      if (!methods.has(method) && pattern.test(path)) methods.set(method, name);
    }
    return methods;
  }
}

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

interface Row {
  readonly pattern: RegExp;
  readonly method: string;
  readonly missing: string | undefined;
  /** A digit for each part of the template, 0 for one that is literal: the lower, the sooner it is what a path means. */
  readonly rank: string;
}

/**
 * Path templates and the methods that each has. A part that begins with a colon takes any text without a slash or a
 * colon; what follows a second colon is a verb, as in `/processor/:processorName:start`.
 */
export class PathTable {
  readonly #rows: Row[] = [];

  /** @param missing the operation of Atlas that has this method and path, where the emulator has it not */
  add(method: string, template: string, missing?: string): void {
    const parts = template.split('/');
    const patterns = parts.map((part) =>
      part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^:[^:]+/, '[^/:]+'),
    );
    const rank = parts.map((part) => (part.startsWith(':') ? 1 : 0)).join('');
    this.#rows.push({ pattern: new RegExp(`^${patterns.join('/')}$`), method, missing, rank });
  }

  /**
   * The methods of the template that a path means, each with the operation that is missing, if it is; the first row
   * counts. Where several match, it is the most literal (OpenAPI, "Path Templating Matching"): `/streams/accountDetails`
   * is no workspace of that name.
   */
  methodsOf(path: string): ReadonlyMap<string, string | undefined> {
    const matching = this.#rows.filter(({ pattern }) => pattern.test(path));
    const [best] = matching.map(({ rank }) => rank).sort();
    const methods = new Map<string, string | undefined>();
    for (const { method, missing, rank } of matching) {
      if (rank === best && !methods.has(method)) methods.set(method, missing);
    }
    return methods;
  }
}

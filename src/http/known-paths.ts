import { readFileSync } from 'node:fs';
import findMyWay from 'find-my-way';
import { pathWithoutQuery } from './paths.js';

/**
 * Translates a path into find-my-way's notation: it may end with a verb, as in `/processor/:name:start`, or with a
 * suffix, as in `/logs/:name.gz`.
 *
 * @param constrained parameters that take no colon: by default those that have to leave one to a verb
 */
export function patternOf(path: string, constrained = /\/:\w+(?=::|\.)/g): string {
  return path.replace(/(?<!\/):/g, '::').replace(constrained, '$&(^[^:]+$)');
}

/** A path whose parameters are all called `:p`: their names do not matter here. */
const unnamed = (path: string): string => path.replace(/\/:\w+/g, '/:p');

/**
 * Every path that Atlas or the emulator has, with its methods. Decides between 404, 405 and 501 for requests that no
 * route takes, by a tree that is built for the first of them.
 */
export class KnownPaths {
  readonly #operations: string;
  /** The methods of the emulator by path. */
  readonly #own = new Map<string, Set<string>>();
  #tree: ReturnType<typeof treeOf> | undefined;

  /** @param operations the file of Atlas's operations: a path a line, followed by its methods and their ids */
  constructor(operations: URL) {
    this.#operations = readFileSync(operations, 'utf8');
  }

  /** Adds a route of the emulator, in find-my-way's notation. */
  add(method: string, pattern: string): void {
    if (method === 'HEAD') return;
    const path = unnamed(pattern.replace('(^[^:]+$)', '').replace('::', ':'));
    this.#own.set(path, (this.#own.get(path) ?? new Set()).add(method));
  }

  /**
   * Finds the methods of a request target: each with the operation of Atlas that is not emulated, or undefined where
   * the emulator answers. Of several paths that match, the most literal one counts.
   */
  methodsOf(target: string): ReadonlyMap<string, string | undefined> {
    const [path = '', atlas = ''] = this.#find(target);
    const methods = new Map<string, string | undefined>();
    for (const [, method = '', id] of atlas.matchAll(/\b(\w+) (\w+)/g)) methods.set(method, id);
    for (const method of this.#own.get(path) ?? []) methods.set(method, undefined);
    return methods;
  }

  /**
   * Suggests the path of the emulator that is nearest to one: a letter or two differ at one place, letter case and dashes
   * aside. A literal segment of Atlas is not a mistake.
   */
  suggestion(target: string): string | undefined {
    const path = pathWithoutQuery(target);
    const sent = path.split('/').filter((part) => part !== '');
    const right = this.#find(target)[0]?.split('/').slice(1) ?? [];
    // Of two that are equally near, the more literal one: a colon sorts before letters.
    const known = [...this.#own.keys()].sort().reverse();
    const near = known.flatMap((one) => {
      const wanted = one.split('/').slice(1);
      const parts = wanted.map((part, index) => (part === ':p' ? sent[index] : part));
      if (parts.length !== sent.length) return [];
      if (parts.some((part, index) => part !== sent[index] && sent[index] === right[index])) return [];
      const text = `/${parts.join('/')}`;
      return { text, distance: distanceOf(text, `/${sent.join('/')}`) };
    });
    const [best] = near.sort((one, other) => one.distance - other.distance);
    return best && best.distance <= 2 && best.text !== path.replace(/\/$/, '') ? best.text : undefined;
  }

  /**
   * Lists the paths that a route with a parameter would take over: find-my-way has a tree for each method, so
   * `PATCH /streams/:tenantName` takes `PATCH /streams/accountDetails`, where there is only a GET.
   *
   * @returns routes to register beside it, whose handler answers that there is none
   */
  shadowed(): { readonly url: string; readonly methods: string[] }[] {
    const own = [...this.#own];
    const places = own.flatMap(([path]) =>
      Array.from(path.matchAll(/\/:p(?=\/|$)/g), ({ index }) =>
        path.slice(0, index).replaceAll(':p', ':\\w+'),
      ),
    );
    // Paths with a literal where a route has a parameter. Comparing all of them would take a tenth of a start.
    const literals = new RegExp(`^(?:${[...new Set(places)].join('|')})/(?!:\\w+[/ ])\\S+`, 'gm');
    const known = [...own.map(([path]) => `${path} `), this.#operations].join('\n');
    const found = Array.from(known.matchAll(literals), ([path]) => unnamed(path));
    return [...new Set(found)].flatMap((path) => {
      const taken = own.flatMap(([taker, methods]) => (takes(taker, path) ? [...methods] : []));
      const methods = [...new Set(taken)].filter((one) => !this.#own.get(path)?.has(one));
      return methods.length > 0 ? [{ url: patternOf(path), methods }] : [];
    });
  }

  /** The path that matches a target, and the methods of Atlas there, each followed by its `operationId`. */
  #find(target: string): readonly string[] {
    this.#tree ??= treeOf(this.#operations, [...this.#own.keys()]);
    return (this.#tree.find('GET', target)?.store ?? []) as string[];
  }
}

/** One tree for all methods. Checking that the patterns, our own, are safe would take most of the time. */
function treeOf(operations: string, own: readonly string[]) {
  const tree = findMyWay({ allowUnsafeRegex: true, maxParamLength: Infinity, ignoreTrailingSlash: true });
  const paths = new Map(own.map((path) => [path, '']));
  for (const [, name = '', atlas = ''] of operations.matchAll(/^(\/\S+)( .+)$/gm)) {
    const path = unnamed(name);
    paths.set(path, (paths.get(path) ?? '') + atlas);
  }
  for (const known of paths) tree.on('GET', patternOf(known[0], /\/:\w+/g), () => undefined, known);
  return tree;
}

/** How far apart two spellings are: the length of the one stretch in which they differ. */
export function distanceOf(one: string, other: string): number {
  const [a = '', b = ''] = [one, other].map((text) => text.toLowerCase().replace(/[-_]/g, ''));
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  return long.length - start - end;
}

/** Whether a path takes requests for another, which is a literal where they first differ and overlaps with it behind. */
function takes(taker: string, other: string): boolean {
  const [parts, others] = [taker.split('/'), other.split('/')];
  if (parts.length !== others.length) return false;
  const first = parts.findIndex((part, index) => part !== others[index]);
  const overlaps = (part: string, index: number): boolean =>
    index <= first || part === ':p' || part === others[index] || others[index] === ':p';
  return parts[first] === ':p' && parts.every(overlaps);
}

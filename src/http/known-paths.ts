import { readFileSync } from 'node:fs';
import findMyWay from 'find-my-way';
import { pathWithoutQuery } from './paths.js';

/** What is known of a path. */
interface Known {
  /** The path, each parameter as `:p`. */
  readonly path: string;
  /** Methods that Atlas has there, each followed by its `operationId`. */
  atlas: string;
  /** Methods that the emulator has there. */
  readonly own: Set<string>;
}

/**
 * Translates a path into find-my-way's notation: it may end with a verb, as in `/processor/:name:start`, or with a
 * suffix, as in `/logs/:name.gz`.
 *
 * @param constrained parameters that take no colon: by default those that have to leave one to a verb
 */
export function patternOf(path: string, constrained = /\/:\w+(?=::|\.)/g): string {
  return path.replace(/(?<!\/):/g, '::').replace(constrained, '$&(^[^:]+$)');
}

/**
 * Every path that Atlas or the emulator has, with its methods. Decides between 404, 405 and 501 for requests that no
 * route takes, by a tree that is built for the first of them.
 */
export class KnownPaths {
  /** Names of parameters do not matter here: each is `:p`. */
  readonly #paths = new Map<string, Known>();
  #tree: ReturnType<typeof treeOf> | undefined;

  /** @param operations the file of Atlas's operations: a path a line, followed by its methods and their ids */
  constructor(operations: URL) {
    for (const line of readFileSync(operations, 'utf8').split('\n')) {
      const end = line.indexOf(' ');
      if (line.startsWith('/')) this.#known(line.slice(0, end), line.slice(end));
    }
  }

  /** Adds a route of the emulator, in find-my-way's notation. */
  add(method: string, pattern: string): void {
    if (method !== 'HEAD') this.#known(pattern.replace('(^[^:]+$)', '').replace('::', ':')).own.add(method);
  }

  /**
   * Finds the methods of a request target: each with the operation of Atlas that is not emulated, or undefined where
   * the emulator answers. Of several paths that match, the most literal one counts.
   */
  methodsOf(target: string): ReadonlyMap<string, string | undefined> {
    const known = this.#find(target);
    const methods = new Map<string, string | undefined>();
    for (const [, method = '', id] of known?.atlas.matchAll(/\b(\w+) (\w+)/g) ?? []) methods.set(method, id);
    for (const method of known?.own ?? []) methods.set(method, undefined);
    return methods;
  }

  /**
   * Suggests the path of the emulator that is nearest to one: a letter or two differ at one place, letter case and dashes
   * aside. A literal segment of Atlas is not a mistake.
   */
  suggestion(target: string): string | undefined {
    const path = pathWithoutQuery(target);
    const sent = path.split('/').filter((part) => part !== '');
    const right = this.#find(target)?.path.split('/').slice(1) ?? [];
    const near = [...this.#paths.values()].flatMap(({ path: known, own }) => {
      if (own.size === 0) return [];
      const wanted = known.split('/').slice(1);
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
    const paths = [...this.#paths.values()].map((known) => ({ ...known, parts: known.path.split('/') }));
    const takers = paths.filter(({ own }) => own.size > 0);
    return paths.flatMap(({ path, parts, own }) => {
      const taken = takers.flatMap((route) => (takes(route.parts, parts) ? [...route.own] : []));
      const methods = [...new Set(taken)].filter((one) => !own.has(one));
      return methods.length > 0 ? [{ url: patternOf(path), methods }] : [];
    });
  }

  #find(target: string): Known | undefined {
    this.#tree ??= treeOf(this.#paths);
    return this.#tree.find('GET', target)?.store as Known | undefined;
  }

  #known(path: string, atlas = ''): Known {
    const key = path.replace(/\/:\w+/g, '/:p');
    const known = this.#paths.get(key) ?? { path: key, atlas: '', own: new Set() };
    known.atlas += atlas;
    this.#paths.set(key, known);
    return known;
  }
}

/** One tree for all methods. Checking that the patterns, our own, are safe would take most of the time. */
function treeOf(paths: ReadonlyMap<string, Known>) {
  const tree = findMyWay({ allowUnsafeRegex: true, maxParamLength: Infinity, ignoreTrailingSlash: true });
  for (const [path, known] of paths) tree.on('GET', patternOf(path, /\/:\w+/g), () => undefined, known);
  return tree;
}

/** How far apart two spellings are: the length of the one stretch in which they differ. */
function distanceOf(one: string, other: string): number {
  const [a = '', b = ''] = [one, other].map((text) => text.toLowerCase().replace(/[-_]/g, ''));
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  return long.length - start - end;
}

/** Whether a path takes requests for another, which is a literal where they first differ and overlaps with it behind. */
function takes(taker: readonly string[], other: readonly string[]): boolean {
  if (taker.length !== other.length) return false;
  const first = taker.findIndex((part, index) => part !== other[index]);
  const overlaps = (part: string, index: number): boolean =>
    index <= first || part === ':p' || part === other[index] || other[index] === ':p';
  return taker[first] === ':p' && taker.every(overlaps);
}

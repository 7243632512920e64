import type { EventData } from '../../kernel/events.js';
import { asciiUpperCase } from '../../kernel/ids.js';
import { PROFILE_NAMES, type ProfileName } from '../../profiles/index.js';
import { Recent } from './recent.js';
import { eachField, type Surface } from './surface.js';

/** What is counted of an operation. */
export const DIMENSIONS = ['versions', 'statuses', 'errors', 'fields', 'values', 'states'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** The items of each dimension that occurred in the requests for an operation. */
type Use = { requests: number } & Readonly<Record<Dimension, Set<string>>>;

/** What was seen of a project, or of requests without one. */
interface Scope {
  readonly profiles: Set<string>;
  readonly uses: Map<string, Use>;
}

/** An item that is emulated, and whether it occurred. */
export interface Item {
  readonly name: string;
  readonly covered: boolean;
}

/** What a run has exercised of an operation. */
export interface OperationCoverage extends Readonly<Record<Dimension, readonly Item[]>> {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly requests: number;
}

/** A share of what is emulated. */
export interface Share {
  readonly covered: number;
  readonly total: number;
  /** From 0 to 100, rounded down. */
  readonly percent: number;
}

/** How many projects are counted separately; the oldest become part of the whole server's counts. */
export const SCOPES = 500;

/** How many of these are remembered by name. */
const MERGED = 10_000;

const newScope = (): Scope => ({ profiles: new Set(), uses: new Map() });

/** Counts what requests exercise of what is emulated, by project. */
export class Coverage {
  readonly #scopes = new Map<string, Scope>();
  /** Requests without a project, and those of projects that are no longer counted separately. */
  #rest = newScope();
  /** Changes when counts are moved or forgotten: a use from before is not counted any more. */
  generation = 0;
  /** Projects that were merged into the rest, though they exist. */
  readonly #merged = new Recent<string, true>(MERGED);

  /** @param exists whether there is a project with this id */
  constructor(
    private readonly surfaces: ReadonlyMap<string, Surface>,
    private readonly exists: (project: string) => boolean = () => true,
  ) {}

  /** Whether all requests of a project are counted separately. */
  isWhole(project: string): boolean {
    return !this.#merged.has(project);
  }

  /** The number of requests for operations of a project. */
  requests(project: string): number {
    const { uses } = this.#scopes.get(project) ?? newScope();
    return [...uses.values()].reduce((sum, { requests }) => sum + requests, 0);
  }

  /** The use of an operation, for the counts of one request. */
  use(project: string | undefined, operation: string, profile: string): Use {
    const scope = project === undefined ? this.#rest : (this.#scopes.get(project) ?? this.#open(project));
    if (!scope.profiles.has(profile)) scope.profiles.add(profile);
    return scope.uses.get(operation) ?? useIn(scope, operation);
  }

  #open(project: string): Scope {
    // It may have been deleted by the very request.
    if (!this.exists(project)) return this.#rest;
    const scope = newScope();
    this.#scopes.set(project, scope);
    const [oldest = ''] = this.#scopes.keys();
    if (this.#scopes.size > SCOPES) {
      this.#merge(oldest);
      this.#merged.set(oldest, true);
    }
    return scope;
  }

  #merge(project: string): void {
    const scope = this.#scopes.get(project);
    this.#scopes.delete(project);
    this.generation += 1;
    if (scope) add(this.#rest, scope);
  }

  /** The projects that are counted separately. */
  projects(): Iterable<string> {
    return this.#scopes.keys();
  }

  /** Counts a removed project as part of the whole server. Returns whether it was counted separately. */
  evict(project: string): boolean {
    const isCounted = this.#scopes.has(project);
    if (isCounted) this.#merge(project);
    return isCounted;
  }

  /** Forgets the counts of a project, or all. */
  forget(project: string | undefined): void {
    this.generation += 1;
    if (project !== undefined) {
      this.#scopes.delete(project);
      this.#merged.delete(project);
    } else {
      this.#scopes.clear();
      this.#merged.clear();
      this.#rest = newScope();
    }
  }

  /** What was exercised, of what is emulated in the profiles of the requests. */
  report(project: string | undefined): OperationCoverage[] {
    const scope = newScope();
    if (project === undefined) add(scope, this.#rest);
    for (const [id, one] of this.#scopes) if (project === undefined || id === project) add(scope, one);
    const used = PROFILE_NAMES.filter((name) => scope.profiles.has(name));
    const profiles = used.length > 0 ? used : PROFILE_NAMES;
    return [...this.surfaces].map(([id, surface]) => {
      const { method, path, tag } = surface.operation;
      const use = scope.uses.get(id);
      const items = Object.fromEntries(
        DIMENSIONS.map((dimension) => [dimension, itemsOf(dimension, surface, profiles, use)]),
      ) as Record<Dimension, Item[]>;
      return { id, method, path, tag: tag.name, requests: use?.requests ?? 0, ...items };
    });
  }
}

/** The share of operations, of each dimension, and of all together. */
export function sharesOf(operations: readonly OperationCoverage[]) {
  const share = (items: readonly boolean[]): Share => {
    const covered = items.filter(Boolean).length;
    const total = items.length;
    return { covered, total, percent: total === 0 ? 100 : Math.floor((covered / total) * 100) };
  };
  const items = {
    operations: operations.map(({ requests }) => requests > 0),
    ...(Object.fromEntries(
      DIMENSIONS.map((name) => [name, operations.flatMap((one) => one[name].map(({ covered }) => covered))]),
    ) as Record<Dimension, boolean[]>),
  };
  const shares = Object.fromEntries(Object.entries(items).map(([name, of]) => [name, share(of)]));
  return { ...(shares as Record<keyof typeof items, Share>), all: share(Object.values(items).flat()) };
}

/** What is counted of one request. */
export interface Counted {
  readonly data: EventData['request.finished'];
  /** The name of the condition that refused it. */
  readonly condition: string | undefined;
  /** The JSON body, or the fields of a form. */
  readonly sent: unknown;
  /** Names of query parameters. */
  readonly parameters: readonly string[];
  /** The state that the answer shows. */
  readonly state: string | undefined;
}

/** Counts one request. */
export function count(use: Use, { states, fields, values }: Surface, counted: Counted): void {
  const { condition, sent, parameters, state, data } = counted;
  use.requests += 1;
  // Nearly always it is there already, and a look is faster than an addition.
  const add = (to: Set<string>, item: string): void => {
    if (!to.has(item)) to.add(item);
  };
  if (data.version !== undefined) add(use.versions, data.version);
  add(use.statuses, String(data.status));
  if (condition !== undefined) add(use.errors, condition);
  if (states && state !== undefined) add(use.states, state);
  for (const name of parameters) if (fields.has(`?${name}`)) add(use.fields, `?${name}`);
  if (sent === undefined) return;
  eachField(sent, '', (field, value) => {
    if (fields.has(field)) add(use.fields, field);
    const choices = typeof value === 'string' ? values.get(field) : undefined;
    if (!choices) return;
    const text = value as string;
    const choice = choices.includes(text) ? text : asciiUpperCase(text);
    if (choices.includes(choice)) add(use.values, `${field} ${choice}`);
  });
}

function useIn(scope: Scope, operation: string): Use {
  const sets = DIMENSIONS.map((dimension) => [dimension, new Set<string>()]);
  const use = { requests: 0, ...(Object.fromEntries(sets) as Record<Dimension, Set<string>>) };
  scope.uses.set(operation, use);
  return use;
}

/** Adds the counts of one scope to another. */
function add(to: Scope, from: Scope): void {
  for (const profile of from.profiles) to.profiles.add(profile);
  for (const [operation, use] of from.uses) {
    const own = to.uses.get(operation) ?? useIn(to, operation);
    own.requests += use.requests;
    for (const dimension of DIMENSIONS) {
      for (const item of use[dimension]) own[dimension].add(item);
    }
  }
}

/** The emulated items of a dimension, with their counts. */
function itemsOf(
  dimension: Dimension,
  { operation, versions, conditions, fields, values, states }: Surface,
  profiles: readonly ProfileName[],
  use: Use | undefined,
): Item[] {
  const item = (key: string, name = key): Item => ({ name, covered: use?.[dimension].has(key) === true });
  switch (dimension) {
    case 'versions':
      return versions.map((one) => item(one));
    case 'statuses': {
      const refused = conditions.flatMap(({ rows }) => profiles.map((name) => rows[name].status));
      return [...new Set([operation.status ?? 200, ...refused.sort()])].map((one) => item(String(one)));
    }
    case 'errors':
      return conditions.map(({ name, rows }) => {
        const codes = [...new Set(profiles.map((profile) => rows[profile].errorCode))];
        return item(name, codes.includes(name) ? name : `${codes.join(', ')} (${name})`);
      });
    case 'fields':
      return [...fields].map((one) => item(one));
    case 'values':
      return [...values].flatMap(([field, of]) => of.map((one) => item(`${field} ${one}`)));
    case 'states':
      return [...new Set(profiles.flatMap((profile) => states?.[profile] ?? []))].map((one) => item(one));
  }
}

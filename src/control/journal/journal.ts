import type { EventBus, EventOf, RequestDetail } from '../../kernel/events.js';
import type { ProjectCache } from '../../world/index.js';

/** A recorded request: its event, and the headers and bodies that the bus does not retain. */
export interface Entry {
  readonly event: EventOf<'request.finished'>;
  readonly detail: RequestDetail;
}

/** How much the journal holds. */
const LIMITS = {
  /** Approximate bytes of all requests; the oldest are evicted beyond it. Up to half of it is for retained requests. */
  bytes: 16 * 1024 * 1024,
  /** The most recently active projects, which retain requests that have left the ring. */
  projects: 200,
  /** How many of its last requests such a project retains. */
  perProject: 200,
  /** Projects whose cut is remembered, removed ones included. */
  cuts: 50_000,
};

export type JournalLimits = Readonly<typeof LIMITS>;

/** The requests of a scope: of one project, or of the whole server. */
export interface Selection {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The highest number of an evicted request; 0 if none was evicted. */
  readonly cut: number;
  /** The scope begins after this number: a client deleted what was before. */
  readonly floor: number;
}

interface StoredEntry extends Entry {
  readonly size: number;
  /** The project it belongs to; undefined if its path names none, or one that does not exist. */
  readonly owner: string | undefined;
  /** It has left the ring: it is retained for its project, or evicted. */
  left: boolean;
}

interface Scope {
  cut: number;
  floor: number;
  /** The project was removed; its cut is remembered in case that it comes back. */
  removed: boolean;
  /** The highest number of a request that has left its recent ones before the ring. */
  unlisted: number;
}

/** Approximate bytes of an entry beside its texts. */
const ENTRY_BYTES = 1024;

/**
 * Records the last requests for the Atlas API, in memory, and knows what it has evicted.
 *
 * All requests enter one ring. One that leaves it is retained if it is among the last of a recently active project, so
 * that a busy project does not push out the few requests of a quiet one; otherwise it is evicted. The requests of a
 * project are evicted oldest first, so those after its cut are complete.
 */
export class Journal implements ProjectCache {
  readonly #limits: JournalLimits;
  /** All requests that it holds, oldest first: retained ones, then those of the ring. */
  #held = new Set<StoredEntry>();
  /** The entries in the order in which they leave the ring: the iterator of a Set also returns those added later. */
  #leaving = this.#held.values();
  /** The last requests of the most recently active projects, the least recently active first. */
  readonly #recent = new Map<string, StoredEntry[]>();
  #bytes = 0;
  #retainedBytes = 0;
  #server: Scope = { cut: 0, floor: 0, removed: false, unlisted: 0 };
  /** Projects that have had requests, the least recently active first. */
  readonly #scopes = new Map<string, Scope>();
  /** The most recently active project. */
  #latest: string | undefined;
  /** The highest cut of a project that exists and whose scope is forgotten. */
  #forgottenCut = 0;

  /** @param exists whether there is a project with this id */
  constructor(
    private readonly events: EventBus,
    limits: Partial<JournalLimits> = {},
    private readonly exists: (project: string) => boolean = () => true,
  ) {
    this.#limits = { ...LIMITS, ...limits };
    events.subscribe((event, detail) => {
      if (event.type === 'request.finished' && detail) this.#add(event, detail);
    });
  }

  /** Approximate number of bytes it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The recorded requests.
   *
   * @param project id of a project; undefined for the whole server
   * @param since only those with a higher number
   */
  select(project: string | undefined, since = 0): Selection {
    const { cut, floor, unlisted } = project === undefined ? this.#server : this.#scopeOf(project);
    const start = Math.max(since, floor, this.#server.floor, project === undefined ? 0 : cut);
    const recent = project === undefined || unlisted > start ? undefined : this.#recent.get(project);
    const entries: Entry[] = [];
    // Thousands are held, and each test of a suite may count its own.
    for (const entry of recent ?? this.#held) {
      if ((project === undefined || entry.owner === project) && entry.event.seq > start) entries.push(entry);
    }
    return { entries, cut, floor: Math.max(floor, this.#server.floor) };
  }

  /** Empties a scope. The requests of a project remain visible for the whole server. */
  forget(project: string | undefined): void {
    if (project !== undefined) {
      this.#touch(project).floor = this.events.last;
      return;
    }
    this.#held = new Set();
    this.#leaving = this.#held.values();
    this.#bytes = this.#retainedBytes = this.#forgottenCut = 0;
    this.#recent.clear();
    this.#scopes.clear();
    this.#server = { cut: 0, floor: this.events.last, removed: false, unlisted: 0 };
  }

  owners(): readonly string[] {
    return [...this.#scopes.keys()].filter((project) => !this.#scopeOf(project).removed);
  }

  /** Cuts a removed project off: if it comes back, it does not see its earlier requests. The whole server still does. */
  evict(project: string): void {
    const scope = this.#scopes.get(project);
    if (!scope) return;
    Object.assign(scope, { cut: this.events.last, floor: 0, removed: true });
    this.#release(project);
  }

  #add(event: Entry['event'], detail: RequestDetail): void {
    const { project } = event;
    // A project may have been deleted while its request was under way.
    const exists = project !== undefined && (this.#recent.has(project) || this.exists(project));
    const owner = exists ? project : undefined;
    // Without a spread, which would make the objects several times slower to read.
    const entry = { event, detail, size: ENTRY_BYTES + detail.size, owner, left: false };
    this.#held.add(entry);
    this.#bytes += entry.size;
    if (exists) this.#addRecent(project, entry);
    while (this.#bytes > this.#limits.bytes) this.#shift();
  }

  /** Makes the project the most recently active one. */
  #addRecent(project: string, entry: StoredEntry): void {
    const recent = this.#recent.get(project) ?? [];
    if (project !== this.#latest || recent.length === 0) {
      this.#touch(project);
      this.#recent.delete(project);
      this.#recent.set(project, recent);
      this.#latest = project;
    }
    recent.push(entry);
    if (recent.length > this.#limits.perProject) this.#evict(recent.shift());
    const [leastRecent = ''] = this.#recent.keys();
    if (this.#recent.size > this.#limits.projects) this.#release(leastRecent);
  }

  /** Takes the oldest entry out of the ring. */
  #shift(): void {
    const { value: entry } = this.#leaving.next();
    if (!entry) return;
    entry.left = true;
    this.#retainedBytes += entry.size;
    const recent = entry.owner === undefined ? [] : (this.#recent.get(entry.owner) ?? []);
    if (recent[0] && recent[0].event.seq <= entry.event.seq) this.#boundRetained();
    else this.#evict(entry);
  }

  /** Evicts what is retained beyond half of the bytes, of the least recently active project first. */
  #boundRetained(): void {
    for (const recent of this.#recent.values()) {
      while (recent[0]?.left) {
        if (this.#retainedBytes <= this.#limits.bytes / 2) return;
        this.#evict(recent.shift());
      }
    }
  }

  /** Retains nothing more of a project. */
  #release(project: string): void {
    for (const entry of this.#recent.get(project) ?? []) this.#evict(entry);
    this.#recent.delete(project);
  }

  /** Evicts an entry, unless it is still in the ring. */
  #evict(entry: StoredEntry | undefined): void {
    if (!entry) return;
    const { event, owner, size } = entry;
    const scope = owner === undefined ? undefined : this.#scopes.get(owner);
    if (!entry.left) {
      if (scope) scope.unlisted = event.seq;
      return;
    }
    this.#held.delete(entry);
    this.#bytes -= size;
    this.#retainedBytes -= size;
    this.#server.cut = Math.max(this.#server.cut, event.seq);
    if (scope?.removed) return;
    if (scope) scope.cut = Math.max(scope.cut, event.seq);
    else if (owner !== undefined) this.#forgottenCut = Math.max(this.#forgottenCut, event.seq);
  }

  /** What is known of a project; a new scope if nothing is. */
  #scopeOf(project: string): Scope {
    return this.#scopes.get(project) ?? { cut: this.#forgottenCut, floor: 0, removed: false, unlisted: 0 };
  }

  /** Remembers the scope of a project that exists as the most recently active. */
  #touch(project: string): Scope {
    const scope = this.#scopeOf(project);
    scope.removed = false;
    this.#scopes.delete(project);
    this.#scopes.set(project, scope);
    for (const [oldest, { cut, floor, removed }] of this.#scopes) {
      if (this.#scopes.size <= this.#limits.cuts) break;
      this.#scopes.delete(oldest);
      // A removed project that comes back after so many others is taken for a new one.
      if (!removed) this.#forgottenCut = Math.max(this.#forgottenCut, cut, floor);
    }
    return scope;
  }
}

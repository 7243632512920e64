import type { EventBus, RequestDetail } from '../../kernel/events.js';
import { sizeOf, type Entry, type RequestEvent } from './entry.js';

/** How much the journal holds. */
export interface JournalLimits {
  /** Approximate bytes of all requests; the oldest are evicted beyond it. Up to half of it is for retained requests. */
  readonly bytes: number;
  /** The most recently active projects, which retain requests that have left the ring. */
  readonly projects: number;
  /** How many of its last requests such a project retains. */
  readonly perProject: number;
  /** Projects whose cut is remembered. */
  readonly cuts: number;
}

const LIMITS: JournalLimits = {
  bytes: 16 * 1024 * 1024,
  projects: 200,
  perProject: 200,
  cuts: 50_000,
};

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

type Scope = { -readonly [Key in 'cut' | 'floor']: Selection[Key] };

/**
 * Records the last requests for the Atlas API, in memory, and knows what it has evicted.
 *
 * All requests enter one ring. One that leaves it is retained if it is among the last of a recently active project, so
 * that a busy project does not push out the few requests of a quiet one; otherwise it is evicted. The requests of a
 * project are evicted oldest first, so those after its cut are complete.
 */
export class Journal {
  readonly #events: EventBus;
  readonly #limits: JournalLimits;
  readonly #exists: (project: string) => boolean;
  #ring: (StoredEntry | undefined)[] = [];
  /** Index of the oldest entry of the ring; those before it have left. */
  #first = 0;
  /** The last requests of the most recently active projects, the least recently active first. */
  readonly #recent = new Map<string, StoredEntry[]>();
  #bytes = 0;
  #retainedBytes = 0;
  readonly #server: Scope = { cut: 0, floor: 0 };
  /** Projects that exist and have had requests. */
  readonly #scopes = new Map<string, Scope>();
  /** Cuts of projects that were removed, in case that they come back. */
  readonly #removed = new Map<string, number>();
  /** The highest cut of a project that exists and whose scope is forgotten. */
  #forgottenCut = 0;
  readonly #readers = new Set<(entry: Entry) => void>();

  /** @param exists whether there is a project with this id */
  constructor(
    events: EventBus,
    limits: Partial<JournalLimits> = {},
    exists: (project: string) => boolean = () => true,
  ) {
    this.#events = events;
    this.#exists = exists;
    this.#limits = { ...LIMITS, ...limits };
    events.subscribe((event, detail) => {
      if (event.type === 'request.finished' && detail) this.#add(event, detail);
    });
  }

  /** Number of the last event; requests are numbered among them. */
  get last(): number {
    return this.#events.last;
  }

  /** Number of projects of which it holds something. */
  get retained(): number {
    return this.#scopes.size;
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
    const { cut, floor } = project === undefined ? this.#server : this.#scopeOf(project);
    const start = Math.max(since, floor, this.#server.floor, project === undefined ? 0 : cut);
    const lists = project === undefined ? [...this.#recent.values()] : [this.#recent.get(project) ?? []];
    const retained = lists.flatMap((list) => list.filter((entry) => entry.left));
    retained.sort((one, other) => one.event.seq - other.event.seq);
    const ring = this.#ring.slice(this.#first) as StoredEntry[];
    const entries = [...retained, ...ring].filter(
      ({ event, owner }) => event.seq > start && (project === undefined || owner === project),
    );
    return { entries, cut, floor: Math.max(floor, this.#server.floor) };
  }

  /** Calls `reader` with each request from now on. Returns a function that ends it. */
  subscribe(reader: (entry: Entry) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Empties a scope. The requests of a project remain visible for the whole server. */
  forget(project: string | undefined): void {
    if (project !== undefined) {
      const scope = this.#scopeOf(project);
      scope.floor = this.last;
      this.#remember(project, scope);
      return;
    }
    this.#ring = [];
    this.#first = this.#bytes = this.#retainedBytes = this.#forgottenCut = 0;
    for (const map of [this.#recent, this.#scopes, this.#removed]) map.clear();
    Object.assign(this.#server, { cut: 0, floor: this.last });
  }

  /** Cuts removed projects off: one that comes back does not see its earlier requests. The whole server still does. */
  evict(isGone: (project: string) => boolean): void {
    for (const project of this.#scopes.keys()) {
      if (!isGone(project)) continue;
      this.#scopes.delete(project);
      this.#removed.set(project, this.last);
      // After so many others, a project that comes back is taken for a new one.
      if (this.#removed.size > this.#limits.cuts) this.#removed.delete(oldest(this.#removed));
      this.#release(project);
    }
  }

  #add(event: RequestEvent, detail: RequestDetail): void {
    const entry = {
      event,
      detail,
      size: sizeOf(event, detail),
      owner: this.#ownerOf(event.project),
      left: false,
    };
    this.#ring.push(entry);
    this.#bytes += entry.size;
    if (entry.owner !== undefined) this.#addRecent(entry.owner, entry);
    while (this.#bytes > this.#limits.bytes) this.#shift();
    for (const reader of this.#readers) reader(entry);
  }

  /** A project may have been deleted while its request was under way. */
  #ownerOf(project: string | undefined): string | undefined {
    return project !== undefined && (this.#scopes.has(project) || this.#exists(project))
      ? project
      : undefined;
  }

  /** Makes the project the most recently active one. */
  #addRecent(project: string, entry: StoredEntry): void {
    const recent = this.#recent.get(project) ?? [];
    this.#recent.delete(project);
    this.#recent.set(project, recent);
    if (!this.#scopes.has(project)) this.#remember(project, this.#scopeOf(project));
    recent.push(entry);
    if (recent.length > this.#limits.perProject) this.#evict(recent.shift());
    if (this.#recent.size > this.#limits.projects) this.#release(oldest(this.#recent));
  }

  /** Takes the oldest entry out of the ring. */
  #shift(): void {
    const entry = this.#ring[this.#first];
    if (!entry) return;
    this.#ring[this.#first++] = undefined;
    // Not one by one: that would move the whole array at each request.
    if (this.#first > this.#ring.length / 2) {
      this.#ring = this.#ring.slice(this.#first);
      this.#first = 0;
    }
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
    if (!entry?.left) return;
    const { event, owner, size } = entry;
    this.#bytes -= size;
    this.#retainedBytes -= size;
    this.#server.cut = Math.max(this.#server.cut, event.seq);
    if (owner === undefined || this.#removed.has(owner)) return;
    const scope = this.#scopes.get(owner);
    if (scope) scope.cut = Math.max(scope.cut, event.seq);
    else this.#forgottenCut = Math.max(this.#forgottenCut, event.seq);
  }

  /** What is known of a project; a new scope if nothing is. */
  #scopeOf(project: string): Scope {
    return this.#scopes.get(project) ?? { cut: this.#removed.get(project) ?? this.#forgottenCut, floor: 0 };
  }

  #remember(project: string, scope: Scope): void {
    this.#removed.delete(project);
    this.#scopes.set(project, scope);
    if (this.#scopes.size <= this.#limits.cuts) return;
    const dropped = oldest(this.#scopes);
    const { cut, floor } = this.#scopeOf(dropped);
    this.#scopes.delete(dropped);
    this.#forgottenCut = Math.max(this.#forgottenCut, cut, floor);
  }
}

/** The key of a map that was set first. */
function oldest(map: ReadonlyMap<string, unknown>): string {
  const [key = ''] = map.keys();
  return key;
}

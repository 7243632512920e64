import type { EmulatorEvent, EventBus, RequestDetail } from '../../kernel/events.js';

type RequestEvent = Extract<EmulatorEvent, { type: 'request.finished' }>;

/** A request as the journal keeps it: its event, with what the bus does not keep. */
export interface Entry {
  readonly event: RequestEvent;
  readonly detail: RequestDetail;
  /** About how many bytes it takes. */
  readonly size: number;
}

/** How much the journal keeps. What is over is dropped, oldest first. */
export interface JournalLimits {
  /** Requests of one project. */
  readonly entries: number;
  /** Bytes of one project. */
  readonly bytes: number;
  /** Bytes of all projects; those drop all they have that were not called for the longest time. */
  readonly allBytes: number;
  /** Projects of which it is known what was dropped. */
  readonly projects: number;
}

const LIMITS: JournalLimits = {
  entries: 1000,
  bytes: 4 * 1024 * 1024,
  allBytes: 64 * 1024 * 1024,
  projects: 50_000,
};

/** What an entry takes beside its texts, about, in bytes. */
const ENTRY_BYTES = 1024;

/** The window of all projects that are gone: no project has this id. */
const GONE = '';

/** The requests of one project. */
interface Window {
  /** From `first` on; what is before was dropped. */
  entries: (Entry | undefined)[];
  first: number;
  bytes: number;
  /** The highest number of a request that was dropped; 0 if none was. */
  cut: number;
  /** Requests up to this number are forgotten: the project's scope begins behind it. */
  floor: number;
}

/** What a scope has: one project's requests, or all. */
export interface Selection {
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** The highest number of a request that was dropped for want of room; 0 if none was. */
  readonly cut: number;
  /** The scope begins behind this number: what was before it was forgotten because somebody asked for that. */
  readonly floor: number;
}

/**
 * Keeps the last requests for the Atlas API, in memory, and knows what it has dropped. Those for projects that are gone
 * share the room of one.
 */
export class Journal {
  readonly #events: EventBus;
  readonly #limits: JournalLimits;
  readonly #isThere: (project: string) => boolean;
  /** By project; the one that was called last is the last. What names no project has a window of its own. */
  readonly #windows = new Map<string | undefined, Window>();
  readonly #readers = new Set<(entry: Entry) => void>();
  #bytes = 0;
  /** Highest number of a request that was dropped from any window. */
  #cut = 0;
  /** The same, of windows of which nothing more is known. */
  #cutOfLost = 0;
  /** The highest number of a project that is gone: should it come back, it is known that something is missing. */
  readonly #gone = new Map<string, number>();
  #floor = 0;

  /** @param isThere whether there is a project of this id */
  constructor(
    events: EventBus,
    limits: Partial<JournalLimits> = {},
    isThere: (project: string) => boolean = () => true,
  ) {
    this.#events = events;
    this.#isThere = isThere;
    this.#limits = { ...LIMITS, ...limits };
    events.subscribe((event, detail) => {
      if (event.type === 'request.finished' && detail) this.#add(event, detail);
    });
  }

  /** Number of the last event; requests are numbered among them. */
  get last(): number {
    return this.#events.last;
  }

  /** Of how many projects it keeps requests; those that are gone, and what names none, count as one each. */
  get size(): number {
    return this.#windows.size;
  }

  /** About how many bytes it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The requests that are still there.
   *
   * @param project its id; undefined for those of all projects, and those that name none
   * @param since only those with a higher number
   */
  select(project: string | undefined, since = 0): Selection {
    const window = this.#windows.get(project);
    const whole = project === undefined;
    const windows = whole ? [...this.#windows.values()] : window ? [window] : [];
    const floor = whole ? this.#floor : Math.max(this.#floor, window?.floor ?? 0);
    const from = Math.max(since, floor);
    const entries = windows.flatMap((one) => behind(one, from));
    if (whole) entries.sort(inOrder);
    return { entries, floor, cut: whole ? this.#cut : (window?.cut ?? this.#cutBefore(project)) };
  }

  /** Calls `reader` with each request from now on. Returns a function that ends it. */
  subscribe(reader: (entry: Entry) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Lets a scope begin anew. A project's requests are still there for the whole server. */
  forget(project: string | undefined): void {
    if (project === undefined) {
      this.#windows.clear();
      this.#gone.clear();
      this.#bytes = 0;
      this.#cut = 0;
      this.#cutOfLost = 0;
      this.#floor = this.last;
    } else {
      this.#window(project).floor = this.last;
    }
  }

  /** Keeps the requests of projects that are gone for the whole server alone. */
  letGo(isGone: (project: string) => boolean): void {
    for (const [project, window] of this.#windows) {
      if (project === undefined || project === GONE || !isGone(project)) continue;
      this.#windows.delete(project);
      this.#noteGone(project, Math.max(window.cut, window.floor, window.entries.at(-1)?.event.seq ?? 0));
      const shared = this.#window(GONE);
      shared.entries = [...behind(shared, 0), ...behind(window, 0)].sort(inOrder);
      shared.first = 0;
      shared.bytes += window.bytes;
      this.#bound(shared);
    }
  }

  /** Whose window a request belongs in; its project may have been deleted while it was under way. */
  #ownerOf(project: string | undefined): string | undefined {
    return project === undefined || this.#windows.has(project) || this.#isThere(project) ? project : GONE;
  }

  #add(event: RequestEvent, detail: RequestDetail): void {
    const size = sizeOf(event, detail);
    const entry = { event, detail, size };
    const window = this.#window(this.#ownerOf(event.project));
    window.entries.push(entry);
    window.bytes += size;
    this.#bytes += size;
    this.#bound(window);
    if (this.#bytes > this.#limits.allBytes) this.#dropLongestIdle();
    for (const reader of this.#readers) reader(entry);
  }

  /** A project's window, which becomes the last. */
  #window(project: string | undefined): Window {
    const window = this.#windows.get(project) ?? {
      entries: [],
      first: 0,
      bytes: 0,
      cut: this.#cutBefore(project),
      floor: 0,
    };
    this.#windows.delete(project);
    this.#windows.set(project, window);
    if (this.#windows.size > this.#limits.projects) this.#loseLongestIdle();
    return window;
  }

  /** What is missing of a project that has no window. */
  #cutBefore(project: string | undefined): number {
    return Math.max(this.#cutOfLost, this.#gone.get(project ?? GONE) ?? 0);
  }

  #noteGone(project: string, last: number): void {
    this.#gone.set(project, last);
    // A project that comes back after so many others are gone is taken for a new one.
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > this.#limits.projects && oldest !== undefined) this.#gone.delete(oldest);
  }

  /** Drops what is more than a project may have. */
  #bound(window: Window): void {
    const { entries, bytes } = this.#limits;
    while (window.entries.length - window.first > entries || window.bytes > bytes) this.#dropFirst(window);
  }

  #dropFirst(window: Window): void {
    const entry = window.entries[window.first];
    if (!entry) return;
    window.entries[window.first++] = undefined;
    window.bytes -= entry.size;
    this.#bytes -= entry.size;
    window.cut = entry.event.seq;
    this.#cut = Math.max(this.#cut, window.cut);
    // Not one by one: that would move the whole array at each request.
    if (window.first > window.entries.length / 2) {
      window.entries = window.entries.slice(window.first);
      window.first = 0;
    }
  }

  #dropAll(window: Window): void {
    while (window.entries.length > window.first) this.#dropFirst(window);
  }

  #dropLongestIdle(): void {
    for (const window of this.#windows.values()) {
      if (this.#bytes <= this.#limits.allBytes) return;
      this.#dropAll(window);
    }
  }

  #loseLongestIdle(): void {
    for (const [project, window] of this.#windows) {
      this.#dropAll(window);
      this.#cutOfLost = Math.max(this.#cutOfLost, window.cut, window.floor);
      this.#windows.delete(project);
      return;
    }
  }
}

function inOrder(one: Entry, other: Entry): number {
  return one.event.seq - other.event.seq;
}

/** The entries of a window with higher numbers. */
function behind({ entries, first }: Window, since: number): Entry[] {
  let start = entries.length;
  while (start > first && (entries[start - 1]?.event.seq ?? 0) > since) start -= 1;
  return entries.slice(start) as Entry[];
}

function sizeOf({ data: { path, reason = '' } }: RequestEvent, { request, response }: RequestDetail): number {
  let size = ENTRY_BYTES + path.length + reason.length;
  for (const { headers, body = '' } of [request, response]) {
    size += body.length;
    for (const name in headers) size += headers[name]?.length ?? 0;
  }
  return size;
}

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { Exit, STATUS, UsageError } from '../../exit.js';
import { jsonOf, NoResponse, type Caller } from './caller.js';

/** Where a run creates links, and the text that all of its links contain. */
export interface Run {
  readonly target: string;
  readonly project: string;
  readonly marker: string;
}

/** Pauses between repeated calls, in milliseconds: the first, and the longest. */
const PAUSES = [250, 5000] as const;

const HEADERS = { accept: 'application/vnd.atlas.2023-02-01+json' };

/** A file with the links that a run has created, for the case that it ends before it has deleted them. */
export class CleanupFile {
  readonly #file: number;
  readonly #created = new Set<string>();

  private constructor(
    readonly path: string,
    readonly run: Run,
    flag: 'wx' | 'a',
  ) {
    this.#file = openSync(path, flag, 0o600);
  }

  /** @throws {UsageError} if an earlier run has left the file, or it cannot be written */
  static create(path: string, run: Run): CleanupFile {
    if (existsSync(path)) {
      throw new UsageError(
        `${path} is left of a run that did not clean up: run contract record --clean ${path} first`,
      );
    }
    try {
      const file = new CleanupFile(path, run, 'wx');
      file.#write({ ...run });
      return file;
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
    }
  }

  /** Opens the file of an earlier run. @throws {UsageError} if it is none */
  static open(path: string): CleanupFile {
    try {
      const [run, ...entries] = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
        .map((line) => JSON.parse(line) as Partial<Run> & { created?: string; deleted?: string });
      const { target, project, marker } = run ?? {};
      if (target === undefined || project === undefined || !/^[\w-]{16,}$/.test(marker ?? '')) {
        throw new Error('it names no run');
      }
      const file = new CleanupFile(path, { target, project, marker: marker ?? '' }, 'a');
      for (const { created } of entries) if (created !== undefined) file.#created.add(created);
      for (const { deleted } of entries) if (deleted !== undefined) file.#created.delete(deleted);
      return file;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`${path} is no file of a recording to clean up: ${(error as Error).message}`);
    }
  }

  /** Notes a link before anything else is done. */
  created(id: string): void {
    this.#write({ created: id });
    this.#created.add(id);
  }

  deleted(id: string): void {
    this.#write({ deleted: id });
    this.#created.delete(id);
  }

  /**
   * Deletes the links that the run has created, those without an answer included, and the file.
   *
   * @param waitMs how long deletions are repeated that are refused
   * @returns how many links were deleted
   * @throws {Exit} if links may be left; the file is too
   */
  async clean(caller: Caller, waitMs: number): Promise<number> {
    let problem = '';
    try {
      for (const id of await this.#marked(caller)) this.#created.add(id);
    } catch (error) {
      problem = `the links of the project cannot be listed: ${(error as Error).message}`;
    }
    let count = 0;
    for (const id of [...this.#created]) {
      const refused = await this.#delete(caller, id, waitMs);
      if (refused === undefined) count += 1;
      else problem = `${id} cannot be deleted: ${refused}`;
    }
    closeSync(this.#file);
    if (problem !== '') {
      throw new Exit(
        STATUS.usage,
        `links may be left in project ${this.run.project}: ${problem}; run contract record --clean ${this.path}`,
      );
    }
    rmSync(this.path);
    return count;
  }

  /** The ids of links that contain the marker and are not being deleted. */
  async #marked(caller: Caller): Promise<string[]> {
    return (await listLinks(caller, this.run.project))
      .filter((link) => JSON.stringify(link).includes(this.run.marker))
      .filter(({ state = '' }) => !state.startsWith('DELET'))
      .map(({ _id }) => _id);
  }

  /** Deletes a link. Returns why it is refused. */
  async #delete(caller: Caller, id: string, waitMs: number): Promise<string | undefined> {
    const path = `${linksOf(this.run.project)}/${id}`;
    for await (const isLast of pauses(waitMs)) {
      const status = await caller.send({ method: 'DELETE', path, headers: HEADERS }).then(
        (response) => response.status,
        (error: unknown) => (error as Error).message,
      );
      if (typeof status === 'number' && (status < 300 || status === 404)) {
        this.deleted(id);
        return undefined;
      }
      if (isLast) return typeof status === 'number' ? `DELETE is ${status}` : status;
    }
    return undefined;
  }

  #write(entry: object): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#file);
  }
}

/** Yields at growing intervals, at once first; true the last time. */
export async function* pauses(waitMs: number, signal?: AbortSignal): AsyncGenerator<boolean> {
  const end = performance.now() + waitMs;
  const [first, longest] = PAUSES;
  for (let pause: number = first; ; pause = Math.min(pause * 1.5, longest)) {
    const left = end - performance.now();
    yield left <= 0;
    if (left <= 0) return;
    await after(Math.min(pause, Math.max(left, 1)), undefined, signal && { signal });
  }
}

/** The path of a project's private links. */
export function linksOf(project: string): string {
  return `/api/atlas/v2/groups/${project}/streams/privateLinkConnections`;
}

/**
 * All private links of a project.
 *
 * @throws {NoResponse} if they cannot be listed
 */
export async function listLinks(
  caller: Caller,
  project: string,
): Promise<readonly { readonly _id: string; readonly state?: string }[]> {
  const all = [];
  for (let page = 1; ; page += 1) {
    const path = `${linksOf(project)}?itemsPerPage=500&pageNum=${page}`;
    const response = await caller.send({ method: 'GET', path, headers: HEADERS });
    const { results } = jsonOf(response);
    if (response.status !== 200 || !Array.isArray(results)) {
      throw new NoResponse(`GET ${path} is ${response.status}`);
    }
    all.push(...(results as { _id: string }[]));
    if (results.length < 500) return all;
  }
}

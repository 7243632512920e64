import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { Exit, STATUS, UsageError } from '../../exit.js';
import { VERSION } from '../../version.js';
import { requestOf, send } from './calls.js';
import { Caller, jsonOf, NoResponse, type Credentials, type Response } from './caller.js';
import { CleanupFile, linksOf, listLinks, pauses } from './cleanup.js';
import { Names } from './names.js';
import { CALLS, type Call, type Recording, type Step } from './recording.js';

/** What a recording is made of. */
export interface Wish {
  /** The address of a server of the Atlas API. */
  readonly target: URL;
  readonly project: string;
  readonly credentials: Credentials;
  /** The file to write; the links that are created are noted in `<out>.cleanup`. */
  readonly out: string;
  /** Authorities to trust for HTTPS, as PEM. */
  readonly ca?: string;
  /** How long a link may take to settle, or to be gone, in milliseconds. */
  readonly waitMs: number;
  readonly date: string;
  /** Interrupts the recording, which then cleans up. */
  readonly signal: AbortSignal;
  /** Called before each call, with its name. */
  readonly onCall?: (name: string) => void;
}

/** States in which a link stays until a client changes it. */
const SETTLED = ['DONE', 'FAILED'];

/** How many links a recording creates if the server behaves like Atlas. */
export const LINKS_CREATED = CALLS.filter(({ creates }) => creates !== undefined).length;

/**
 * Records the answers of a server to the calls of the suite. It deletes the links that it has created, and nothing else.
 *
 * @returns the recording, and how many links were deleted at the end because a call did not
 * @throws {UsageError} if the server, the project or the credentials cannot be used
 * @throws {Exit} if links may be left, or it was interrupted: what was recorded until then is in the file
 */
export async function record(wish: Wish): Promise<{ recording: Recording; deleted: number }> {
  const { target, project, credentials, out, signal } = wish;
  const caller = new Caller(target, credentials, wish.ca);
  const { hidden, others } = await inspect(caller, project);
  const marker = `contract-${randomBytes(8).toString('hex')}`;
  const cleanup = CleanupFile.create(`${out}.cleanup`, { target: target.href, project, marker });
  const run = new RecorderRun(caller, wish, new Names(project, marker, hidden, CALLS), cleanup);
  let deleted: number;
  try {
    await run.make(others > 0);
  } finally {
    try {
      write(out, run.recording, [...caller.secrets, project, marker, ...hidden.keys()]);
    } finally {
      deleted = await cleanup.clean(caller, wish.waitMs);
    }
  }
  if (signal.aborted) {
    throw new Exit(STATUS.usage, `interrupted: ${out} has the calls until then; links deleted: ${deleted}`);
  }
  return { recording: run.recording, deleted };
}

/**
 * Deletes the links that an interrupted recording has left.
 *
 * @param path the file that it has written
 */
export async function cleanUp(
  path: string,
  credentials: Credentials,
  ca: string | undefined,
  waitMs: number,
): Promise<number> {
  const file = CleanupFile.open(path);
  return file.clean(new Caller(new URL(file.run.target), credentials, ca), waitMs);
}

/** What is known of a project before anything is created. */
interface Inspected {
  /** Texts that no recording may have, each with a name for it. */
  readonly hidden: ReadonlyMap<string, string>;
  /** How many links it has. */
  readonly others: number;
}

/** Checks that the server is one of the Atlas API, and that the project is there. @throws {UsageError} */
async function inspect(caller: Caller, project: string): Promise<Inspected> {
  const path = `/api/atlas/v2/groups/${project}`;
  const headers = { accept: 'application/vnd.atlas.2023-01-01+json' };
  const response = await caller.send({ method: 'GET', path, headers }).catch((error: unknown) => {
    if (!(error instanceof NoResponse)) throw error;
    const hint = /CERT|ISSUER|SIGNATURE/.test(error.message) ? '; --ca names the file of its authority' : '';
    throw new UsageError(`no server answers at ${caller.url.origin}: ${error.message}${hint}`);
  });
  const { id, orgId } = jsonOf(response);
  if (response.status === 401)
    throw new UsageError(`${caller.url.origin} refuses the credentials: GET ${path} is 401`);
  if (response.status === 404)
    throw new UsageError(`${caller.url.origin} has no project ${project} for these credentials`);
  if (response.status !== 200 || id !== project || typeof orgId !== 'string') {
    throw new UsageError(
      `what answers at ${caller.url.origin} is not the Atlas API: GET ${path} is ${response.status}`,
    );
  }
  const { host, hostname } = caller.url;
  // Links to other resources name the public host, whatever server answers.
  const hosts = hostname === 'cloud.mongodb.com' ? [] : [host, hostname];
  const hidden = new Map([[orgId, '{orgId}'], ...hosts.map((one) => [one, '{host}'] as const)]);
  try {
    return { hidden, others: (await listLinks(caller, project)).length };
  } catch (error) {
    throw new UsageError(`the private links of the project cannot be listed: ${(error as Error).message}`);
  }
}

/** One recording in progress. */
class RecorderRun {
  readonly #steps: Step[] = [];
  /** The ids of what the run has created, and of the project. */
  readonly #own: Set<string>;
  #isComplete = false;

  constructor(
    private readonly caller: Caller,
    private readonly wish: Wish,
    private readonly names: Names,
    private readonly cleanup: CleanupFile,
  ) {
    this.#own = new Set([wish.project]);
  }

  get recording(): Recording {
    return {
      recording: 'atlas-streams-emulator 1',
      date: this.wish.date,
      version: VERSION,
      credentials: 'clientId' in this.wish.credentials ? 'service account' : 'API key',
      complete: this.#isComplete,
      steps: this.#steps,
    };
  }

  async make(hasOthers: boolean): Promise<void> {
    for (const call of CALLS) {
      if (this.wish.signal.aborted) return;
      this.wish.onCall?.(call.name);
      const step = await this.#step(call, hasOthers).catch((error: unknown): Partial<Step> => {
        if (this.wish.signal.aborted) return { left: 'interrupted' };
        if (error instanceof NoResponse) return { left: `no response: ${error.message}` };
        throw error;
      });
      this.#steps.push({ ...call, ...step });
    }
    this.#isComplete = !this.wish.signal.aborted;
  }

  async #step(call: Call, hasOthers: boolean): Promise<Partial<Step>> {
    if (call.alone && hasOthers) return { left: 'the project has other links' };
    if (call.as === 'client' && !('clientId' in this.wish.credentials))
      return { left: 'needs a service account' };
    if (this.caller.token !== undefined) this.names.set('token', this.caller.token);
    const request = requestOf(call, this.names);
    if (!request) return { left: 'its link was not created' };
    if (call.until !== undefined) return this.#poll(call, request);

    // Not interrupted: a create that has reached the server must be noted.
    const made = await send(call, request, this.caller, this.names, this.#own);
    if (isPassing(made.response)) return { left: `the server does not answer now (${made.response.status})` };
    const { _id } = jsonOf(made.response);
    const isCreate = call.method === 'POST' && request.path === linksOf(this.wish.project);
    if (isCreate && made.response.status < 300 && typeof _id === 'string') {
      this.cleanup.created(_id);
      this.#own.add(_id);
      if (call.creates !== undefined) this.names.set(call.creates, _id);
      // With the name of the link.
      return { answer: this.names.hide(made.response, (body) => body) };
    }
    const deleted = call.deletes === undefined ? undefined : this.names.get(call.deletes);
    if (deleted !== undefined && made.response.status < 300) this.cleanup.deleted(deleted);
    return { answer: made.answer };
  }

  /** Repeats a call until its link is settled or gone, or the wait is over. */
  async #poll(call: Call, request: NonNullable<ReturnType<typeof requestOf>>): Promise<Partial<Step>> {
    const { signal, waitMs } = this.wish;
    const states: string[] = [];
    for await (const isLast of pauses(waitMs, signal)) {
      const { response, answer } = await send(call, request, this.caller, this.names, this.#own, signal);
      const { state } = jsonOf(response);
      if (isPassing(response)) {
        if (isLast) return { left: `the server does not answer now (${response.status})` };
        continue;
      }
      if (response.status === 200 && typeof state === 'string' && states.at(-1) !== state) states.push(state);
      const ended =
        response.status !== 200 ||
        (call.until === 'settled' && typeof state === 'string' && SETTLED.includes(state));
      if (ended || isLast) return { states, ended, answer };
    }
    return {};
  }
}

/** Whether an answer says nothing of the request: a limit is reached, or the server is not well. */
function isPassing({ status }: Response): boolean {
  return [429, 500, 502, 503, 504].includes(status);
}

/** Writes a recording. @throws {Error} if it has a secret, an id or a host: nothing is written */
function write(path: string, recording: Recording, secrets: readonly string[]): void {
  const text = `${JSON.stringify(recording, null, 2)}\n`;
  const found = secrets.findIndex((secret) => secret.length > 3 && text.includes(secret));
  if (found !== -1)
    throw new Error(`the recording has a text that it must not have (${found}): it is not written`);
  try {
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

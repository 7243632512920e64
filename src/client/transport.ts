/** A method of the control API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Calls the control API.
 *
 * @param path below `/_emulator`
 * @returns the body of a success; undefined where it has none
 * @throws {EmulatorError} if it is refused, or nobody answers
 */
export type Transport = (method: Method, path: string, body?: unknown) => Promise<unknown>;

/** Where an emulator is looked for, without slashes at its end; undefined if it is no such address. */
export function addressOf(text: string | URL): string | undefined {
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    return undefined;
  }
  const { protocol, username, password, pathname, search, hash, origin } = address;
  const isPlain = /^\/*$/.test(pathname) && username + password + search + hash === '';
  return /^https?:$/.test(protocol) && isPlain ? origin : undefined;
}

/** Where the control API begins. */
const PREFIX = '/_emulator';

/** A call that the control API refused, or that nobody answered; nothing has changed then. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';

  /**
   * @param status the HTTP status; 0 where there was no answer
   * @param detail what was wrong, and what was expected
   * @param call what was called, such as `POST /projects`
   * @param body the whole answer, as far as it was JSON
   */
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly call: string,
    readonly body?: unknown,
  ) {
    super(`${call}: ${detail}${status === 0 ? '' : ` (${status})`}`);
  }
}

/** An answer as either way brings it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends a request of the control API, whichever way: `path` is whole. */
export type Send = (
  method: Method,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
) => Promise<Answer>;

/** A transport over a way of sending, with the control token if there is one. */
export function transportOver(send: Send, token: string | undefined): Transport {
  const authorization: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  return async (method, path, body) => {
    const headers =
      body === undefined ? authorization : { ...authorization, 'content-type': 'application/json' };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const { status, text } = await send(method, PREFIX + path, headers, sent);
    if (status < 200 || status >= 300) throw refused(status, text, `${method} ${path}`);
    if (text === '') return undefined;
    const answer = parsed(text);
    if (answer !== undefined) return answer;
    throw new EmulatorError(status, 'what answers is no emulator: it sends no JSON', `${method} ${path}`);
  };
}

/** The error of a call whose answer is a refusal. */
export function refused(status: number, text: string, call: string): EmulatorError {
  const refusal = parsed(text);
  return new EmulatorError(status, detailOf(refusal) ?? text, call, refusal);
}

/** A way of sending with `fetch`. */
export function sendByFetch(url: string): Send {
  return async (method, path, headers, body) => {
    try {
      const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw unreachable(url, `${method} ${path}`, error);
    }
  };
}

/** The error of a call that brought no answer. */
export function unreachable(url: string, call: string, error: unknown): EmulatorError {
  const { code, message } = ((error as Error).cause ?? error) as Error & { code?: string };
  return new EmulatorError(0, `no emulator answers at ${url}: ${code ?? message}`, call);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function detailOf(body: unknown): string | undefined {
  const { detail } = (body ?? {}) as { detail?: unknown };
  return typeof detail === 'string' ? detail : undefined;
}

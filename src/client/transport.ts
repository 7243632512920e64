/** A method of the control API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends a request and returns the response: with `fetch`, or without a socket. */
export type Send = (
  method: Method,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * Calls the control API.
 *
 * @param path below `/_emulator`
 * @returns the body of a successful response; undefined if it has none
 * @throws {EmulatorError} if the call is refused, or nothing responds
 */
export type Transport = ReturnType<typeof transportOver>;

/** A refused or unanswered call of the control API. It has changed nothing. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';

  /**
   * @param status the HTTP status; 0 without a response
   * @param detail what was wrong, and what was expected
   * @param call what was called, such as `POST /projects`
   * @param body the response, if it was JSON
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

/**
 * An emulator's address without a slash at its end; it can have a path, behind a proxy. Undefined if it is not HTTP, has
 * more than a path, or is that of an API.
 */
export function addressOf(text: string | URL): string | undefined {
  const address = URL.canParse(String(text)) ? new URL(text) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) return undefined;
  const { username, password, pathname, search, hash, origin } = address;
  const path = pathname.replace(/(?<!\/)\/+$/, '');
  const isMore = username + password + search + hash !== '' || /\/(?:_emulator|api\/atlas\/v2)$/.test(path);
  return isMore ? undefined : origin + path;
}

/** A transport over a way to send requests. @param token the control token */
export function transportOver(send: Send, token: string | undefined) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return async <T = void>(method: Method, path: string, body?: unknown): Promise<T> => {
    const call = `${method} ${path}`;
    const headers = { ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const sent = JSON.stringify(body) as string | undefined;
    const { status, text } = await send(method, `/_emulator${path}`, headers, sent);
    if (status < 200 || status >= 300) throw refused(status, text, call);
    const answer = text === '' ? undefined : parsed(text);
    if (text !== '' && answer === undefined) {
      throw new EmulatorError(status, 'what answers is no emulator: it sends no JSON', call);
    }
    return answer as T;
  };
}

/** A transport whose paths begin with `scope`. */
export function scoped(transport: Transport, scope: string): Transport {
  return <T>(method: Method, path: string, body?: unknown) => transport<T>(method, scope + path, body);
}

/** Sends requests with `fetch`. */
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

/** A query string of the values that are defined; empty if there are none. */
export function query(values: object): string {
  // JSON leaves undefined out.
  const given = JSON.parse(JSON.stringify(values)) as Record<string, string>;
  const text = new URLSearchParams(given).toString();
  return text && `?${text}`;
}

/** The error of a refused call. */
export function refused(status: number, text: string, call: string): EmulatorError {
  const body = parsed(text);
  const { detail } = (body ?? {}) as { detail?: unknown };
  return new EmulatorError(status, typeof detail === 'string' ? detail : text, call, body);
}

const UNTRUSTED =
  'its certificate is not trusted: save /_emulator/ca.pem of its HTTP port, and name the file in NODE_EXTRA_CA_CERTS';

const NO_HTTPS = 'what answers is not HTTPS: use http://, or the port for HTTPS';

/** Explanations of errors of `fetch`, by code or message. */
const REASONS: Readonly<Record<string, string>> = {
  'bad port': 'fetch refuses to connect to this port (https://fetch.spec.whatwg.org/#port-blocking)',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_HTTPS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_HTTPS,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
};

/** The error of a call without a response. */
export function unreachable(url: string, call: string, error: unknown): EmulatorError {
  const { code, message } = ((error as Error).cause ?? error) as Error & { code?: string };
  const why = REASONS[code ?? message] ?? code ?? message;
  return new EmulatorError(0, `no emulator answers at ${url}: ${why}`, call);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { signal } from '@preact/signals';

/** Where the tab stores the token. */
const TOKEN_KEY = 'atlas-streams-emulator.token';

/** Where the control API is: the page is served at its root, with or without a base path before it. */
const CONTROL = new URL('.', document.baseURI);

/** The address of the emulator, without a slash at its end. */
export const EMULATOR_URL = CONTROL.href.replace(/\/_emulator\/$/, '');

/** The control token; the tab remembers it. */
const token = signal(sessionStorage.getItem(TOKEN_KEY) ?? '');

/** Whether the emulator requires a token that the page does not have. */
export const isTokenWanted = signal(false);

/** A refused call of the control API; status 0 if nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Uses a control token from now on. */
export function setToken(value: string): void {
  token.value = value.trim();
  sessionStorage.setItem(TOKEN_KEY, token.value);
  isTokenWanted.value = false;
}

/** Sends a request to the control API. @param path relative to its root, such as `projects` */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const used = token.value;
  if (used !== '') headers.set('authorization', `Bearer ${used}`);
  let response: Response;
  try {
    response = await fetch(new URL(path, CONTROL), { ...init, headers, cache: 'no-store' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, `No emulator answers at ${EMULATOR_URL}.`);
  }
  // A late answer says nothing of a token that was entered since.
  if (response.status === 401 && used === token.value) isTokenWanted.value = true;
  if (response.ok) return response;
  const text = await response.text();
  throw new ApiError(response.status, detailOf(text) ?? `The emulator answered ${response.status}.`);
}

/** Calls an operation of the control API. @returns its JSON; undefined if it has none */
export async function call<T = undefined>(method: string, path: string, body?: unknown): Promise<T> {
  const init =
    body === undefined
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const text = await (await send(path, init)).text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The prefix of the operations of a project; empty for the whole server. */
export const scopeOf = (project: string): string =>
  project === '' ? '' : `projects/${encodeURIComponent(project)}/`;

/** The message of an error, for a person. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What an error of the control API says. */
function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}

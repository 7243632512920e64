import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { UsageError } from '../../exit.js';
import { digestResponse } from '../../http/credentials/digest.js';
import { VERSION } from '../../version.js';

/** Credentials of a service account or of an API key. */
export type Credentials =
  | { readonly clientId: string; readonly clientSecret: string }
  | { readonly publicKey: string; readonly privateKey: string };

/** Whose credentials a request has: the caller's; none; wrong ones; or those of a token request. */
export type As = 'caller' | 'nobody' | 'stranger' | 'client';

export interface Request {
  readonly method: string;
  /** As it is sent, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The JSON of a response; an empty object if it has none. */
export function jsonOf({ text }: Pick<Response, 'text'>): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** There was no response. A request that creates something may have done so. */
export class NoResponse extends Error {}

/** How long a response may take, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** Credentials that nobody has. */
const NOBODY = Buffer.from(`mdb_sa_id_${'0'.repeat(24)}:none`).toString('base64');

const FORM = 'application/x-www-form-urlencoded';

/** A client of a server of the Atlas API, with the user's credentials. It follows no redirects. */
export class Caller {
  #token: string | undefined;
  #nonce: { realm: string; nonce: string; count: number } | undefined;

  /** @param ca authorities to trust for HTTPS, as PEM */
  constructor(
    readonly url: URL,
    readonly credentials: Credentials,
    private readonly ca?: string,
  ) {}

  /** What must not be in a recording: the credentials, and the tokens. */
  get secrets(): string[] {
    return [...Object.values(this.credentials), ...(this.#token === undefined ? [] : [this.#token])];
  }

  /** The bearer token; undefined with an API key. */
  get token(): string | undefined {
    return this.#token;
  }

  /**
   * Sends a request.
   *
   * @throws {NoResponse} if there is no response
   */
  async send(request: Request, as: As = 'caller', signal?: AbortSignal): Promise<Response> {
    if (as === 'nobody') return this.#exchange(request, undefined, signal);
    if (as === 'stranger') {
      const scheme = request.path.startsWith('/api/oauth/') ? 'Basic' : 'Bearer';
      return this.#exchange(request, `${scheme} ${NOBODY}`, signal);
    }
    const { credentials } = this;
    if ('clientId' in credentials) {
      const { clientId, clientSecret } = credentials;
      const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
      if (as === 'client') return this.#exchange(request, basic, signal);
      const response = await this.#exchange(request, `Bearer ${await this.#signIn(basic)}`, signal);
      // The token may have expired or been revoked; a caller without a role gets no challenge.
      if (response.status !== 401 || response.headers['www-authenticate'] === undefined) return response;
      this.#token = undefined;
      return this.#exchange(request, `Bearer ${await this.#signIn(basic)}`, signal);
    }
    const response = await this.#exchange(request, this.#digest(request, credentials), signal);
    const { 'www-authenticate': challenge } = response.headers;
    if (response.status !== 401 || challenge === undefined) return response;
    const value = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
    this.#nonce = { realm: value('realm'), nonce: value('nonce'), count: 0 };
    return this.#exchange(request, this.#digest(request, credentials), signal);
  }

  async #signIn(basic: string): Promise<string> {
    if (this.#token !== undefined) return this.#token;
    const headers = { 'content-type': FORM, accept: 'application/json' };
    const request = {
      method: 'POST',
      path: '/api/oauth/token',
      headers,
      body: 'grant_type=client_credentials',
    };
    const { status, text } = await this.#exchange(request, basic, undefined);
    const token = status === 200 ? jsonOf({ text }).access_token : undefined;
    if (typeof token !== 'string') {
      const isRefusal = status === 400 || status === 401 || status === 403;
      const what = isRefusal
        ? `${this.url.origin} refuses the credentials`
        : `what answers at ${this.url.origin} is not the Atlas API`;
      throw new UsageError(`${what}: POST /api/oauth/token is ${status}`);
    }
    return (this.#token = token);
  }

  #digest(
    { method, path }: Request,
    { publicKey, privateKey }: { publicKey: string; privateKey: string },
  ): string | undefined {
    if (!this.#nonce) return undefined;
    const nc = (++this.#nonce.count).toString(16).padStart(8, '0');
    const { realm, nonce } = this.#nonce;
    const uri = this.#target(path);
    const sent = {
      username: publicKey,
      realm,
      nonce,
      uri,
      nc,
      cnonce: randomBytes(8).toString('hex'),
      qop: 'auth',
    };
    const response = digestResponse(sent, { password: privateKey, method });
    const parts = Object.entries({ ...sent, response }).map(([name, value]) =>
      name === 'nc' || name === 'qop' ? `${name}=${value}` : `${name}="${value}"`,
    );
    return `Digest ${parts.join(', ')}, algorithm=MD5`;
  }

  /** The path on the server. */
  #target(path: string): string {
    return this.url.pathname.replace(/\/$/, '') + path;
  }

  async #exchange(
    { method, path, headers, body }: Request,
    authorization: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const options = {
      method,
      path: this.#target(path),
      headers: {
        'user-agent': `atlas-streams-emulator/${VERSION} contract`,
        ...headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        ...(authorization !== undefined && { authorization }),
      },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(this.ca !== undefined && { ca: this.ca }),
    };
    try {
      const request = (this.url.protocol === 'https:' ? https : http).request(this.url, options);
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const lines = Object.entries(response.headers).map(([name, value = '']) => [name, String(value)]);
      return {
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(lines) as Record<string, string>,
        text: await text(response),
      };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new NoResponse(timeout.aborted ? `nothing within ${TIMEOUT_MS / 1000} s` : (code ?? message));
    }
  }
}

/**
 * The credentials in the variables that the Go SDK and Terraform use, too.
 *
 * @throws {UsageError} if there are none
 */
export function credentialsOf(env: Readonly<Record<string, string | undefined>>): Credentials {
  const {
    MONGODB_ATLAS_CLIENT_ID: clientId = '',
    MONGODB_ATLAS_CLIENT_SECRET: clientSecret = '',
    MONGODB_ATLAS_PUBLIC_KEY: publicKey = env.MONGODB_ATLAS_PUBLIC_API_KEY ?? '',
    MONGODB_ATLAS_PRIVATE_KEY: privateKey = env.MONGODB_ATLAS_PRIVATE_API_KEY ?? '',
  } = env;
  if (clientId !== '' && clientSecret !== '') return { clientId, clientSecret };
  if (publicKey !== '' && privateKey !== '') return { publicKey, privateKey };
  throw new UsageError(
    'contract record needs credentials: set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY',
  );
}

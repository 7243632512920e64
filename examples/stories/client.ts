// A small client for Atlas private links: the code under test in these examples. It does not depend on the emulator.

export interface ClientOptions {
  readonly baseUrl: string;
  readonly projectId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Waits for a number of milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

export interface PrivateLink {
  readonly _id: string;
  readonly state: string;
  readonly serviceEndpointId?: string;
  readonly errorMessage?: string;
}

/** An error response of Atlas. */
export class AtlasError extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    detail: string,
  ) {
    super(`${status} ${errorCode}: ${detail}`);
  }
}

const POLL_MS = 1000;
const ATTEMPTS = 5;

export class PrivateLinkClient {
  #token: string | undefined;

  constructor(private readonly options: ClientOptions) {}

  /** Creates a link. If the response is lost, looks for the link before creating another one. */
  async create(body: {
    readonly serviceEndpointId: string;
    readonly [field: string]: string;
  }): Promise<PrivateLink> {
    try {
      return (await this.#send('POST', '', body)) as PrivateLink;
    } catch (error) {
      if (error instanceof AtlasError) throw error;
      const { results } = (await this.#send('GET', '')) as { results: PrivateLink[] };
      const created = results.find((link) => link.serviceEndpointId === body.serviceEndpointId);
      return created ?? ((await this.#send('POST', '', body)) as PrivateLink);
    }
  }

  /** Polls a link until it is DONE. @throws if it has FAILED */
  async untilDone(id: string): Promise<PrivateLink> {
    for (;;) {
      const link = (await this.#send('GET', `/${id}`)) as PrivateLink;
      if (link.state === 'DONE') return link;
      if (link.state === 'FAILED')
        throw new Error(`the private link failed: ${link.errorMessage ?? 'no reason'}`);
      await this.options.wait(POLL_MS);
    }
  }

  /** Sends a request. Retries it after a 429, and with a new token after a 401 for the old one. */
  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const { baseUrl, projectId, wait } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      const previous = this.#token;
      this.#token ??= await this.#newToken();
      const response = await fetch(
        `${baseUrl}/api/atlas/v2/groups/${projectId}/streams/privateLinkConnections${path}`,
        {
          method,
          headers: {
            authorization: `Bearer ${this.#token}`,
            accept: 'application/vnd.atlas.2024-05-30+json',
            'content-type': 'application/json',
          },
          ...(body && { body: JSON.stringify(body) }),
        },
      );
      const text = await response.text();
      if (response.ok) return text === '' ? undefined : JSON.parse(text);
      if (response.status === 429 && attempt < ATTEMPTS) {
        await wait(Number(response.headers.get('retry-after') ?? 1) * 1000);
      } else if (response.status === 401 && previous !== undefined) {
        this.#token = undefined;
      } else {
        const { errorCode, detail } = JSON.parse(text) as { errorCode: string; detail: string };
        throw new AtlasError(response.status, errorCode, detail);
      }
    }
  }

  async #newToken(): Promise<string> {
    const { baseUrl, clientId, clientSecret } = this.options;
    const response = await fetch(`${baseUrl}/api/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }
}

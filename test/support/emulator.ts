import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { buildApp, type App } from '../../src/app.js';
import { defaultConfig, type Config } from '../../src/config.js';
import { features as ownFeatures, type Feature } from '../../src/features/index.js';
import { ManualClock } from './clock.js';

/** What `fixtures/default.json` seeds, by profile. */
export const SEEDED = {
  documented: { number: 1, organization: '32b6e34b3d91647abb20e700', project: '32b6e34b3d91647abb20e7b8' },
  observed: { number: 2, organization: '32b6e34b3d91647abb20e701', project: '32b6e34b3d91647abb20e7b9' },
} as const;

export type SeededProfile = keyof typeof SEEDED;
export type SeededCaller = 'owner' | 'streams' | 'reader' | 'outsider';

const CALLER_DIGIT: Record<SeededCaller, number> = { owner: 1, streams: 2, reader: 3, outsider: 4 };

/** The credentials for a token. */
export interface ServiceAccount {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A project, with the service account of each caller. */
export interface ProjectAccess {
  readonly id: string;
  readonly accounts: Readonly<Record<SeededCaller, ServiceAccount>>;
}

/** Key pair and service account of a seeded caller, such as `owner1`. */
export function seededCaller(caller: SeededCaller, profile: SeededProfile) {
  const number = `${CALLER_DIGIT[caller]}${SEEDED[profile].number}`;
  return {
    publicKey: `${caller}${SEEDED[profile].number}`,
    privateKey: `00000000-0000-4000-8000-0000000000${number}`,
    clientId: `mdb_sa_id_${'0'.repeat(22)}${number}`,
    clientSecret: `mdb_sa_sk_${caller}${SEEDED[profile].number}`,
  };
}

/** The `Accept` of the source page. */
export const ACCEPT = 'application/vnd.atlas.2024-05-30+json';

export const API = '/api/atlas/v2';

/** The path of a seeded project's private links. */
export function linksPath(profile: SeededProfile): string {
  return linksPathOf(SEEDED[profile].project);
}

/** The path of a project's private links. */
export function linksPathOf(projectId: string): string {
  return `${API}/groups/${projectId}/streams/privateLinkConnections`;
}

/** The seeded project of a profile. */
export function seededProject(profile: SeededProfile): ProjectAccess {
  const of = (caller: SeededCaller): ServiceAccount => seededCaller(caller, profile);
  return {
    id: SEEDED[profile].project,
    accounts: {
      owner: of('owner'),
      streams: of('streams'),
      reader: of('reader'),
      outsider: of('outsider'),
    },
  };
}

/** An emulator without a socket, on a clock that the test moves; closed when the test is finished. */
export class TestEmulator {
  readonly #tokens = new Map<string, string>();

  constructor(
    readonly app: App,
    readonly clock: ManualClock,
  ) {}

  /** Starts an emulator for one test, which closes it at its end. */
  static async start(
    settings?: Partial<Config>,
    clock?: ManualClock,
    features?: readonly Feature[],
  ): Promise<TestEmulator> {
    const emulator = await TestEmulator.open(settings, clock, features);
    onTestFinished(() => emulator.app.server.close());
    return emulator;
  }

  /** Starts an emulator that the caller closes. */
  static async open(
    settings: Partial<Config> = {},
    clock = new ManualClock(),
    features: readonly Feature[] = ownFeatures,
  ): Promise<TestEmulator> {
    const app = await buildApp(defaultConfig({ logLevel: 'silent', ...settings }), { clock, features });
    return new TestEmulator(app, clock);
  }

  /** Sends a request unchanged. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.app.server.inject(request);
  }

  /** A bearer token of a seeded caller. */
  async token(caller: SeededCaller, profile: SeededProfile): Promise<string> {
    return this.tokenOf(seededCaller(caller, profile));
  }

  /** A bearer token of a service account, requested once. */
  async tokenOf({ clientId, clientSecret }: ServiceAccount): Promise<string> {
    const known = this.#tokens.get(clientId);
    if (known !== undefined) return known;
    const response = await this.inject({
      method: 'POST',
      url: '/api/oauth/token',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'grant_type=client_credentials',
    });
    const token = response.json<{ access_token: string }>().access_token;
    this.#tokens.set(clientId, token);
    return token;
  }

  /** Requests new tokens from now on: a fixture may have removed the old ones. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Sends a request with a seeded caller's token and the source page's `Accept`, unless it has its own. */
  as(caller: SeededCaller, profile: SeededProfile, request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.asAccount(seededCaller(caller, profile), request);
  }

  /** The same with the token of any service account. */
  async asAccount(account: ServiceAccount, request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.inject({
      ...request,
      headers: {
        accept: ACCEPT,
        authorization: `Bearer ${await this.tokenOf(account)}`,
        ...request.headers,
      },
    });
  }

  /** Makes a project, with credentials of its own. @param wish body of `POST /_emulator/projects` */
  async makeProject(wish: object): Promise<ProjectAccess> {
    const response = await this.inject({ method: 'POST', url: '/_emulator/projects', payload: wish });
    if (response.statusCode !== 201) throw new Error(response.body);
    const { id, credentials } = response.json<{
      id: string;
      credentials: Record<SeededCaller, { serviceAccount: ServiceAccount }>;
    }>();
    const of = (caller: SeededCaller): ServiceAccount => credentials[caller].serviceAccount;
    return {
      id,
      accounts: {
        owner: of('owner'),
        streams: of('streams'),
        reader: of('reader'),
        outsider: of('outsider'),
      },
    };
  }

  /** Creates a private link as the seeded owner. */
  create(profile: SeededProfile, body: object): Promise<LightMyRequestResponse> {
    return this.as('owner', profile, { method: 'POST', url: linksPath(profile), payload: body });
  }
}

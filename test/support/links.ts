import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import {
  linksPathOf,
  seededProject,
  type ProjectAccess,
  type SeededCaller,
  type SeededProfile,
  type TestEmulator,
} from './emulator.js';

export const PROFILES = ['documented', 'observed'] as const;

/** A private link as a response shows it. */
export type Link = Readonly<Record<string, unknown>> & { readonly _id: string; readonly state?: string };

/** A page of private links as a response shows it. */
export interface LinkPage {
  readonly links: readonly { readonly href: string; readonly rel: string }[];
  readonly results: readonly Link[];
  readonly totalCount: number;
}

/** An error as a response shows it. */
export interface ErrorBody {
  readonly detail: string;
  readonly error: number;
  readonly errorCode: string;
  readonly parameters?: readonly (string | number)[];
  readonly reason: string;
}

/** Private links of one project, by default the seeded one of its profile, as the project's owner sees them. */
export class Links {
  constructor(
    readonly emulator: TestEmulator,
    readonly profile: SeededProfile,
    readonly project: ProjectAccess = seededProject(profile),
  ) {}

  /** The links of a new project in an emulator. @param pace `durations` and `movement` of the project */
  static async ofNewProject(
    emulator: TestEmulator,
    profile: SeededProfile,
    pace: object = {},
  ): Promise<Links> {
    return new Links(emulator, profile, await emulator.makeProject({ profile, ...pace }));
  }

  /** The path of the links. */
  get path(): string {
    return linksPathOf(this.project.id);
  }

  /** Sends a request as a caller of the project. */
  as(caller: SeededCaller, request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.emulator.asAccount(this.project.accounts[caller], request);
  }

  /** Sends a create as the owner. */
  post(body: object): Promise<LightMyRequestResponse> {
    return this.as('owner', { method: 'POST', url: this.path, payload: body });
  }

  /** Creates a link, which must succeed, and returns the answer. */
  async create(body: object): Promise<Link> {
    const response = await this.post(body);
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }

  async get(id: string): Promise<Link> {
    const response = await this.as('owner', { url: `${this.path}/${id}` });
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }

  /** @param query such as `?pageNum=2` */
  async list(query = ''): Promise<LinkPage> {
    const response = await this.as('owner', { url: this.path + query });
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }
}

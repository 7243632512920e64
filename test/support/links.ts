import { expect } from 'vitest';
import { linksPath, type SeededProfile, type TestEmulator } from './emulator.js';

export const PROFILES = ['documented', 'observed'] as const;

/** A private link as an answer shows it. */
export type Link = Readonly<Record<string, unknown>> & { readonly _id: string; readonly state?: string };

/** A page of private links as an answer shows it. */
export interface LinkPage {
  readonly links: readonly { readonly href: string; readonly rel: string }[];
  readonly results: readonly Link[];
  readonly totalCount: number;
}

/** An error as an answer shows it. */
export interface ErrorBody {
  readonly detail: string;
  readonly error: number;
  readonly errorCode: string;
  readonly parameters?: readonly (string | number)[];
  readonly reason: string;
}

/** Private links of one seeded project, as its owner sees them. */
export class Links {
  constructor(
    readonly emulator: TestEmulator,
    readonly profile: SeededProfile,
  ) {}

  /** Creates a link, which must succeed, and returns the answer. */
  async create(body: object): Promise<Link> {
    const response = await this.emulator.create(this.profile, body);
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }

  async get(id: string): Promise<Link> {
    const response = await this.emulator.as('owner', this.profile, {
      url: `${linksPath(this.profile)}/${id}`,
    });
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }

  /** @param query such as `?pageNum=2` */
  async list(query = ''): Promise<LinkPage> {
    const response = await this.emulator.as('owner', this.profile, { url: linksPath(this.profile) + query });
    expect(response.statusCode, response.body).toBe(200);
    return response.json();
  }
}

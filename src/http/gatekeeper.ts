import type { ProfileName } from '../profiles/index.js';

/** Who sent a request: an API key or a service account, with its roles. */
export interface Caller {
  /** The public key or the client id. */
  readonly id: string;
  readonly kind: 'API key' | 'service account';
  readonly organizationId: string;
  /** The profile of its organization. */
  readonly profile: ProfileName;
  readonly organizationRoles: readonly string[];
  /** Looks its roles in a project up: a caller can have roles in very many. */
  readonly rolesIn: (projectId: string) => readonly string[];
}

/** An organization as a request meets it. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly profile: ProfileName;
}

/** What an access is asked for: an organization, or one of its projects. */
export type Target = Pick<Project, 'organizationId'> & Partial<Pick<Project, 'id'>>;

/** How long states last, in milliseconds, by the name of the setting. */
export type Durations = Readonly<Record<string, number>>;

/**
 * What moves the items of a project to their next state: its time; nothing, since states are skipped; the control API;
 * or a number of reads of the resource, so that a poller is tested without a clock.
 */
export type Movement = 'time' | 'at once' | 'by hand' | { readonly reads: number };

/** How the states of a project move. For durations that it lacks, the server's apply. */
export interface Pace {
  readonly durations: Durations;
  readonly movement: Movement;
  /** Whether its requests are refused for what docs/rules.md warns of; as the server is set if undefined. */
  readonly strict?: boolean;
}

/** A project as a request meets it. */
export interface Project {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly profile: ProfileName;
  /** What the project's clock shows, in milliseconds since the epoch, at the time of the request. */
  readonly now: number;
  /** Whether its clock stands still. */
  readonly frozen: boolean;
  /** How its states move. */
  readonly pace: Pace;
}

/** What the pipeline needs of organizations, projects, credentials and roles. */
export interface Gatekeeper {
  readonly credentials: {
    /** The credential with this public key or client id, and its private key or client secret. */
    credential(id: string): { readonly caller: Caller; readonly secret: string } | undefined;
    /** The caller to whom a token was issued, or why it is not valid. */
    bearer(token: string): Caller | 'expired' | 'revoked' | 'unknown';
  };
  readonly projects: {
    project(id: string): Project | undefined;
    /** The organization that had a project which was deleted. */
    deletedFrom(id: string): Organization | undefined;
    organization(id: string): Organization | undefined;
  };
  /** Whether the caller's roles allow this access. */
  permits(caller: Caller, access: string, target: Target): boolean;
  /** The roles that allow this access, for a person to read. */
  rolesFor(access: string): readonly string[];
}

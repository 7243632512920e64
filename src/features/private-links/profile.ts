import type { ProfileName } from '../../profiles/index.js';
import type { Lifecycles, Stage } from '../../states/index.js';
import { readFixture } from '../../version.js';
import type { RuleSource } from './rules.js';

/** States that clients know, and PENDING, which is the project owner's own word. */
export const STATES = [
  ...(['PENDING', 'IDLE', 'WORKING', 'DONE', 'FAILED'] as const),
  ...(['DELETE_REQUESTED', 'DELETING', 'DELETED'] as const),
] as const;

/** How long the passing states last, unless set; in milliseconds. */
export const DURATIONS = {
  pendingMs: { default: 2000, description: 'how long a documented link stays PENDING' },
  idleMs: { default: 0, description: 'how long an observed link stays IDLE' },
  workingMs: { default: 0, description: 'how long an observed link stays WORKING' },
  deleteRequestedMs: { default: 0, description: 'how long an observed link stays DELETE_REQUESTED' },
  deletingMs: { default: 0, description: 'how long an observed link stays DELETING' },
} as const;

/** How a profile's private links behave. */
export interface PrivateLinkProfile extends Lifecycles {
  readonly deleted: readonly Stage[];
  /** Whose rules about a vendor's fields hold. */
  readonly enforced: readonly RuleSource[];
  /** What a create answers: the whole link, or what was sent and the id. */
  readonly createAnswer: 'representation' | 'echo';
  readonly showsLinks: boolean;
}

/**
 * The lifecycles of private links in each profile, and what else differs. That a change of domain leaves the state of a
 * documented link as it is, is inferred.
 */
export const privateLinkProfiles = readFixture('private-link-profiles.json') as Readonly<
  Record<ProfileName, PrivateLinkProfile>
>;

import type { ProfileName } from '../../profiles/index.js';
import type { Lifecycles, Stage } from '../../states/index.js';
import type { RuleSource } from './rules.js';

/** States that clients know, and PENDING, which is the project owner's own word. */
export const STATES = [
  'PENDING',
  'IDLE',
  'WORKING',
  'DONE',
  'FAILED',
  'DELETE_REQUESTED',
  'DELETING',
  'DELETED',
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

const toDone: readonly Stage[] = [
  { state: 'IDLE', lasts: 'idleMs' },
  { state: 'WORKING', lasts: 'workingMs' },
  { state: 'DONE' },
];

export const privateLinkProfiles: Readonly<Record<ProfileName, PrivateLinkProfile>> = {
  observed: {
    created: toDone,
    updated: toDone,
    deleted: [
      { state: 'DELETE_REQUESTED', lasts: 'deleteRequestedMs' },
      { state: 'DELETING', lasts: 'deletingMs' },
      { state: 'DELETED' },
    ],
    enforced: ['documentation', 'tools'],
    createAnswer: 'echo',
    showsLinks: false,
  },
  documented: {
    created: [{ state: 'PENDING', lasts: 'pendingMs' }, { state: 'DONE' }],
    // That a change of domain leaves the state as it is, is inferred.
    deleted: [{ state: 'DELETED' }],
    enforced: ['documentation', 'tools', 'page'],
    createAnswer: 'representation',
    showsLinks: true,
  },
};

import type { ProfileName } from '../../profiles/index.js';
import type { Lifecycles } from '../../states/index.js';
import type { RuleSource } from './rules.js';
import type { LinkStage } from './states.js';

/** How a profile's private links behave. */
export interface PrivateLinkProfile extends Lifecycles {
  readonly created: readonly LinkStage[];
  /** Without it, a change of domain leaves the state as it is (inferred). */
  readonly updated?: readonly LinkStage[];
  readonly deleted: readonly LinkStage[];
  /** Whose rules about a vendor's fields hold. */
  readonly enforced: readonly RuleSource[];
  /** What a create answers: the whole link, or what was sent and the id. */
  readonly createAnswer: 'representation' | 'echo';
  readonly showsLinks: boolean;
}

const toDone: readonly LinkStage[] = [
  { state: 'IDLE', lasts: 'idleMs' },
  { state: 'WORKING', lasts: 'workingMs' },
  { state: 'DONE' },
];

const observed: PrivateLinkProfile = {
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
};

export const privateLinkProfiles: Readonly<Record<ProfileName, PrivateLinkProfile>> = {
  observed,
  documented: {
    created: [{ state: 'PENDING', lasts: 'pendingMs' }, { state: 'DONE' }],
    deleted: [{ state: 'DELETED' }],
    enforced: ['documentation', 'tools', 'page'],
    createAnswer: 'representation',
    showsLinks: true,
  },
};

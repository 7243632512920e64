import type { ProfileName } from '../../profiles/index.js';
import type { Stage } from './lifecycle.js';
import type { RuleSource } from './rules.js';

/** How a profile's private links behave. */
export interface PrivateLinkProfile {
  /** The states after a create. */
  readonly created: readonly Stage[];
  /** The states after a change of domain; without any it stays in the state that it is in (inferred). */
  readonly updated?: readonly Stage[];
  /** The states after a delete. */
  readonly deleted: readonly Stage[];
  /** Whose rules about needed fields hold. */
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

const observed: PrivateLinkProfile = {
  created: toDone,
  updated: toDone,
  deleted: [
    { state: 'DELETE_REQUESTED', lasts: 'deleteRequestedMs' },
    { state: 'DELETING', lasts: 'deletingMs' },
    { state: 'DELETED' },
  ],
  enforced: ['documentation'],
  createAnswer: 'echo',
  showsLinks: false,
};

export const privateLinkProfiles: Readonly<Record<ProfileName, PrivateLinkProfile>> = {
  observed,
  documented: {
    created: [{ state: 'PENDING', lasts: 'pendingMs' }, { state: 'DONE' }],
    deleted: [{ state: 'DELETED' }],
    enforced: ['documentation', 'page'],
    createAnswer: 'representation',
    showsLinks: true,
  },
};

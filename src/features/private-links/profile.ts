import { SOURCE } from '../../kernel/conditions.js';
import type { ProfileName, ResourceErrors } from '../../profiles/index.js';
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

/** What can go wrong with private links alone. */
export const privateLinkErrors: ResourceErrors = {
  observed: {
    unknownProvider: {
      status: 400,
      errorCode: 'INVALID_PROVIDER',
      detail: 'No provider %s exists.',
      source: SOURCE.atlasErrors,
    },
    unknownVendor: {
      status: 400,
      errorCode: 'INVALID_ENUM_VALUE',
      detail: 'An invalid enumeration value %s was specified.',
      source: SOURCE.inferred,
      settledBy: 'POST …/streams/privateLinkConnections with provider AWS and vendor EVENTHUB',
    },
    linkNotFound: {
      status: 404,
      errorCode: 'STREAM_PRIVATE_LINK_NOT_FOUND',
      detail: 'Cannot find resource %s.',
      source: SOURCE.inferred,
      settledBy: 'GET …/streams/privateLinkConnections/ffffffffffffffffffffffff',
    },
    updateNotAllowed: {
      status: 400,
      errorCode: 'VALIDATION_ERROR',
      detail: 'The request content produced the validation error: %s.',
      source: SOURCE.inferred,
      settledBy: 'PATCH …/streams/privateLinkConnections/{id} with another dnsDomain, of a link that is DONE',
    },
    duplicateLink: {
      status: 400,
      errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
      detail: 'A Private Link to the same target exists already, with connection ID (%s).',
      source: SOURCE.client,
      settledBy: 'POST …/streams/privateLinkConnections twice with one body (the text is inferred)',
    },
  },
  documented: {
    unknownProvider: { detail: 'No provider %s exists.' },
    linkNotFound: { detail: 'Cannot find resource %s' },
    duplicateLink: { status: 409 },
  },
};

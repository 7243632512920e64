import { API_PREFIX } from '../paths.js';
import type { ConditionExample } from '../operation.js';
import { BODY_LIMIT } from '../steps/body.js';
import { REQUESTS_A_MINUTE } from '../faults/request-quota.js';

const NOBODY = 'ffffffffffffffffffffffff';
const LISTED = 'Use one that the list has.';

/** The conditions of the ladder as they may look, for the description of the API. */
export const ladderExamples = {
  malformedRequest: {
    parameters: ['the path has a broken escape'],
    problem: 'The request cannot be read: the path has a broken escape.',
    remedy: 'Send well-formed HTTP.',
  },
  unauthenticated: {
    parameters: [],
    problem: 'The request has no credentials.',
    remedy: 'Send an API key by HTTP digest, or the token of a service account.',
  },
  addressNotAllowed: {
    parameters: ['127.0.0.1'],
    problem: 'A fault rule answers 403.',
    remedy: 'Remove the rule.',
  },
  rateLimited: {
    parameters: [`${API_PREFIX}/groups`, REQUESTS_A_MINUTE, 1],
    problem: `The project has had its ${REQUESTS_A_MINUTE} requests of this minute.`,
    remedy: 'Wait as long as Retry-After says.',
  },
  notAcceptable: {
    parameters: [],
    problem: 'Invalid accept header or version date.',
    remedy: 'Send Accept: application/vnd.atlas.2025-03-12+json.',
  },
  invalidQueryParameter: {
    parameters: ['envelope'],
    problem: 'The query parameter envelope has a value that it cannot have.',
    remedy: 'Send true or false.',
  },
  missingQueryParameter: {
    parameters: ['cloudProvider'],
    problem: 'The query parameter cloudProvider is missing.',
    remedy: 'Send it.',
  },
  invalidProjectId: {
    parameters: ['nothex'],
    problem: 'The project id nothex is not 24 lower-case hexadecimal digits.',
    remedy: LISTED,
  },
  projectNotFound: { parameters: [NOBODY], problem: `There is no project ${NOBODY}.`, remedy: LISTED },
  invalidOrganizationId: {
    parameters: ['nothex'],
    problem: 'The organization id nothex is not 24 lower-case hexadecimal digits.',
    remedy: LISTED,
  },
  organizationNotFound: {
    parameters: [NOBODY],
    problem: `There is no organization ${NOBODY}.`,
    remedy: LISTED,
  },
  notPermitted: {
    parameters: [],
    problem: 'The caller has no role that permits this.',
    remedy: 'Call it with one of the roles that the operation names.',
  },
  unsupportedMediaType: {
    parameters: ['text/plain'],
    problem: 'The Content-Type text/plain is not supported.',
    remedy: 'Send Content-Type: application/json.',
  },
  bodyTooLarge: {
    parameters: [BODY_LIMIT],
    problem: `The body is larger than ${BODY_LIMIT} bytes.`,
    remedy: 'Send a smaller one.',
  },
  malformedJson: {
    parameters: [],
    problem: 'The body is not JSON.',
    remedy: 'Send a JSON object as the body.',
  },
  notAnObject: {
    parameters: [],
    problem: 'The body is JSON, but not an object.',
    remedy: 'Send a JSON object as the body.',
  },
  missingAttribute: {
    parameters: ['provider'],
    problem: 'The required attribute provider was not specified.',
    remedy: 'Send it.',
  },
  wrongType: {
    parameters: ['region'],
    problem: 'The attribute region has the wrong type.',
    remedy: 'Send a string.',
  },
  invalidAttribute: {
    parameters: ['regoin'],
    problem: 'There is no attribute regoin.',
    remedy: 'Leave it out, or mend its name: there are provider, vendor, region.',
  },
  unexpected: {
    parameters: [],
    problem: 'The emulator met an error of its own.',
    remedy: 'Please report it, with the log.',
  },
} satisfies Readonly<Record<string, ConditionExample>>;

/** What any operation may answer. A 403 comes from a missing role, or from who asks for it. */
const ALWAYS = [
  'malformedRequest',
  'unauthenticated',
  'addressNotAllowed',
  'rateLimited',
  'notAcceptable',
  'invalidQueryParameter',
  'unexpected',
] as const;

const OF_PROJECT = ['invalidProjectId', 'projectNotFound'] as const;
const OF_ORGANIZATION = ['invalidOrganizationId', 'organizationNotFound'] as const;
const OF_BODY = [
  'unsupportedMediaType',
  'bodyTooLarge',
  'malformedJson',
  'notAnObject',
  'missingAttribute',
  'wrongType',
  'invalidAttribute',
] as const;

/** The conditions that the ladder itself may raise for an operation, by name. */
export function ladderConditions(operation: {
  readonly path: string;
  readonly access?: string;
  readonly body?: object;
  readonly requiresQuery: boolean;
}): readonly (keyof typeof ladderExamples)[] {
  return [
    ...ALWAYS,
    ...(operation.requiresQuery ? (['missingQueryParameter'] as const) : []),
    ...(operation.path.includes('/:groupId') ? OF_PROJECT : []),
    ...(operation.path.includes('/:orgId') ? OF_ORGANIZATION : []),
    ...(operation.access === undefined ? [] : (['notPermitted'] as const)),
    ...(operation.body ? OF_BODY : []),
  ];
}

import { CANNOT_FIND, defineCondition, SOURCE } from '../../profiles/index.js';

const { atlasErrors, client, documentation, page, recorded } = SOURCE;
const ALREADY_EXISTS = 'A Private Link to the same target exists already, with connection ID (%s).';
const LINK = '5f0000000000000000000002';

/**
 * `provider` is none of AWS, AZURE and GCP, in small or capital letters. It is checked before anything else in the
 * body.
 */
export const unknownProvider = defineCondition('unknownProvider', {
  observed: [400, 'INVALID_PROVIDER', 'No provider %s exists.', atlasErrors],
  documented: { detail: 'No provider %s exists.' },
  rule: [page],
  field: 'provider',
  problem: (provider: string, _choices: string) => `No provider ${provider} exists.`,
  remedy: (_provider, choices) => `Send ${choices}.`,
  example: ['AWSS', 'AWS, AZURE or GCP'],
});

/** The provider does not have this vendor. */
export const unknownVendor = defineCondition('unknownVendor', {
  observed: [400, 'INVALID_ENUM_VALUE', 'An invalid enumeration value %s was specified.', recorded],
  settledBy:
    'POST …/streams/privateLinkConnections with provider AWS and vendor EVENTHUB (recorded is a role of a key)',
  field: 'vendor',
  problem: (vendor: string, provider: string, _choices: string, _otherwise: string) =>
    `The provider ${provider} has no vendor ${vendor}.`,
  remedy: (_vendor, _provider, choices, otherwise) =>
    `Send ${choices}, or leave vendor out for ${otherwise}.`,
  example: ['EVENTHUB', 'AWS', 'S3 or GENERIC', 'GENERIC'],
});

/** The project has a private link to the same target that is not gone. */
export const duplicateLink = defineCondition('duplicateLink', {
  observed: [400, 'STREAM_PRIVATE_LINK_ALREADY_EXISTS', ALREADY_EXISTS, client],
  settledBy: 'POST …/streams/privateLinkConnections twice with one body (the text is inferred)',
  documented: { status: 409 },
  problem: (other: string) => `The private link ${other} has the same target.`,
  remedy: 'Delete it first, or send another provider, vendor, region or endpoint.',
  example: [LINK],
});

/** A fault rule asks for it: the emulator has no stream connections, which could use a link. */
export const linkInUse = defineCondition('linkInUse', {
  observed: [400, 'STREAM_PRIVATE_LINK_IN_USE', 'Private Link with connection ID (%s) is in use.', recorded],
  problem: (id: string) => `A stream connection uses the private link ${id}.`,
  remedy: 'Delete the connection first.',
  example: [LINK],
});

/**
 * The project has no private link with this id: it never had, or the link is gone; as documented, also where the id is
 * malformed.
 */
export const linkNotFound = defineCondition('linkNotFound', {
  observed: [404, 'RESOURCE_NOT_FOUND', 'Cannot find resource %s.', recorded],
  documented: { detail: CANNOT_FIND },
  problem: (id: string, projectId: string) => `Project ${projectId} has no private link ${id}.`,
  remedy: (_id, projectId) =>
    `Use the _id of a link that GET /groups/${projectId}/streams/privateLinkConnections lists.`,
  example: [LINK, '32b6e34b3d91647abb20e7b8'],
});

/** The request changes `dnsDomain`, but one is set already and the link is not IDLE, or the link is being deleted. */
export const updateNotAllowed = defineCondition('updateNotAllowed', {
  observed: [400, 'VALIDATION_ERROR', 'The request content produced the validation error: %s.', recorded],
  settledBy:
    'PATCH …/streams/privateLinkConnections/{id} with another dnsDomain, of a link that is DONE (recorded is a create that a rule of the service refused)',
  rule: [documentation],
  problem: (sentence: string) => `${sentence}.`,
  remedy: 'Change it while none is set or the state is IDLE; else delete the link and create it anew.',
  example: [`The dnsDomain cannot be changed: the private link ${LINK} has a dnsDomain already and is DONE`],
});

import { Type, type Static, type StringOptions } from '@sinclair/typebox';
import { component, lenient, links, objectId, oneOf, strictComponent, text } from '../../http/schema.js';
import { STATES } from './profile.js';

/** Wire shapes of a private link. Patterns and limits are the source page's. */

const optional = (description: string, options?: StringOptions) => Type.Optional(text(description, options));
const strings = (description: string, options = {}) =>
  Type.Optional(Type.Array(Type.String(), { ...options, description }));
const threeStrings = (description: string) => strings(description, { maxItems: 3, uniqueItems: true });

/** What a client may send. `authenticationScheme` is newer than the source page. */
export const sentFields = strictComponent('PrivateLinkRequest', 'A private link to create.', {
  arn: optional('ARN of an MSK cluster: arn:aws:kafka:…', { pattern: '^arn:aws:kafka' }),
  authenticationScheme: Type.Optional(oneOf(['TLS', 'SASL_SCRAM', 'IAM'], 'How clients sign in.')),
  azureResourceIds: strings('Resource ids of Azure private link services, one for each zone.'),
  dnsDomain: optional('Domain under which the target is reached.'),
  dnsSubDomain: strings("Subdomains of the cluster's zones; [] where it has none."),
  gcpConnectionIds: threeStrings('Connection ids of Private Service Connect.'),
  gcpServiceAttachmentUris: threeStrings('Service attachments of Private Service Connect.'),
  provider: text('AWS, AZURE or GCP, in any case.', { minLength: 1 }),
  region: optional("The provider's name of the region."),
  serviceEndpointId: optional('Name or id of the endpoint service.'),
  vendor: optional('Who serves the target, such as CONFLUENT, in any case; GENERIC where it is left out.'),
});

/** What a client sent, absent fields left out. */
export type SentFields = Static<typeof sentFields>;

/** What an update may change (Atlas's public description; the source page has no update). */
export const updateBody = strictComponent('PrivateLinkUpdate', 'What is to change.', {
  dnsDomain: text('The new domain.', { minLength: 1 }),
});

/** States that a client can see: what is DELETED is not found. */
const shownState = oneOf(
  STATES.filter((name) => name !== 'DELETED'),
  'Its state.',
);

/** What the server adds to what was sent, except the state. */
const added = {
  _id: objectId('Id of the private link.'),
  errorMessage: optional('Why it is FAILED.'),
  interfaceEndpointId: optional('Id of the endpoint that was made, from DONE on.'),
  interfaceEndpointName: optional('Name of the endpoint that was made, from DONE on.'),
  links: Type.Optional(links),
  providerAccountId: optional('Account or subscription that the endpoint is in, from DONE on.'),
};

/** Fields that only the server sets. */
export const readOnly = { ...added, state: Type.Optional(shownState) };

/** What bodies accept beside their schemas: read-only fields are ignored, and null and empty strings count as absent. */
export const lenience = lenient(readOnly, [null, '']);

/** A private link as GET shows it. Only the documented profile shows `links`. */
export const privateLink = component('PrivateLink', 'A private link.', {
  ...sentFields.properties,
  ...added,
  provider: text('AWS, AZURE or GCP.'),
  state: shownState,
  vendor: text('Who serves the target, as it was sent; GENERIC where none was.'),
});

/** A private link as its create answers it: the whole in the documented profile, its fields and id as observed. */
export const createdPrivateLink = component(
  'CreatedPrivateLink',
  'A private link that was just created. As observed it has the fields that were sent and its id; as documented, all that a GET shows.',
  { ...sentFields.properties, ...readOnly },
);

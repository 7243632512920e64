import { Type, type Static } from '@sinclair/typebox';
import { links, objectId, pageOf } from '../../http/shapes.js';
import { STATES } from './states.js';

/** Wire shapes of a private link. Patterns and limits are the source page's. */

const text = (description: string) => Type.Optional(Type.String({ description }));
const strings = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));
const threeStrings = (description: string) =>
  Type.Optional(Type.Array(Type.String(), { maxItems: 3, uniqueItems: true, description }));

/** What a client may send. `authenticationScheme` is newer than the source page. */
export const sentFields = Type.Object(
  {
    arn: Type.Optional(
      Type.String({ pattern: '^arn:aws:kafka', description: 'ARN of an MSK cluster: arn:aws:kafka:…' }),
    ),
    authenticationScheme: Type.Optional(
      Type.Union([Type.Literal('TLS'), Type.Literal('SASL_SCRAM'), Type.Literal('IAM')], {
        description: 'How clients of the cluster sign in.',
      }),
    ),
    azureResourceIds: strings('Resource ids of Azure private link services, one for each zone.'),
    dnsDomain: text('Domain under which the target is reached.'),
    dnsSubDomain: strings("Subdomains of the cluster's zones; [] where it has none."),
    gcpConnectionIds: threeStrings('Connection ids of Private Service Connect.'),
    gcpServiceAttachmentUris: threeStrings('Service attachments of Private Service Connect.'),
    provider: Type.String({ description: 'AWS, AZURE or GCP, in any case.' }),
    region: text("The provider's name of the region."),
    serviceEndpointId: text('Name or id of the endpoint service.'),
    vendor: text('Who serves the target, such as CONFLUENT, in any case; GENERIC where it is left out.'),
  },
  { additionalProperties: false, title: 'PrivateLinkRequest', description: 'A private link to create.' },
);

/** What a client sent, absent fields left out. */
export type SentFields = Static<typeof sentFields>;

/** What an update may change (Atlas's public description; the source page has no update). */
export const updateBody = Type.Object(
  { dnsDomain: Type.String({ description: 'The new domain.' }) },
  { additionalProperties: false, title: 'PrivateLinkUpdate', description: 'What is to change.' },
);

/** Fields that only the server sets; a request may repeat them, and they are ignored. */
export const READ_ONLY = [
  '_id',
  'errorMessage',
  'interfaceEndpointId',
  'interfaceEndpointName',
  'links',
  'providerAccountId',
  'state',
] as const;

/** States that a client can see: what is DELETED is not found. */
const shownState = Type.Union(
  STATES.filter((name) => name !== 'DELETED').map((name) => Type.Literal(name)),
  { description: 'Where it is in its life.' },
);

/** What the server adds to what was sent. */
const added = {
  _id: objectId('Id of the private link.'),
  errorMessage: text('Why it is FAILED.'),
  interfaceEndpointId: text('Id of the endpoint that was made, from DONE on.'),
  interfaceEndpointName: text('Name of the endpoint that was made, from DONE on.'),
  links: Type.Optional(links),
  providerAccountId: text('Account or subscription that the endpoint is in, from DONE on.'),
};

/** A private link as GET shows it. Only the documented profile shows `links`. */
export const privateLink = Type.Object(
  {
    ...sentFields.properties,
    ...added,
    provider: Type.String({ description: 'AWS, AZURE or GCP.' }),
    state: shownState,
    vendor: Type.String({ description: 'Who serves the target, as it was sent; GENERIC where none was.' }),
  },
  { title: 'PrivateLink', description: 'A private link.' },
);

/** A private link as its create answers it: the whole in the documented profile, its fields and id as observed. */
export const createdPrivateLink = Type.Object(
  { ...sentFields.properties, ...added, state: Type.Optional(shownState) },
  {
    title: 'CreatedPrivateLink',
    description:
      'A private link that was just created. As observed it has the fields that were sent and its id; as ' +
      'documented, all that a GET shows.',
  },
);

/** A page of private links. */
export const privateLinkPage = pageOf('PrivateLinkPage', privateLink);

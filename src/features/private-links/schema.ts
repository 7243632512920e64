import { Type, type Static } from '@sinclair/typebox';
import { STATES } from './lifecycle.js';

/** Wire shapes of a private link. Patterns and limits are the source page's. */

const strings = Type.Array(Type.String());
const threeStrings = Type.Array(Type.String(), { maxItems: 3, uniqueItems: true });

/** What a client may send. `authenticationScheme` is newer than the source page. */
export const sentFields = Type.Object(
  {
    arn: Type.Optional(Type.String({ pattern: '^arn:aws:kafka' })),
    authenticationScheme: Type.Optional(
      Type.Union([Type.Literal('TLS'), Type.Literal('SASL_SCRAM'), Type.Literal('IAM')]),
    ),
    azureResourceIds: Type.Optional(strings),
    dnsDomain: Type.Optional(Type.String()),
    dnsSubDomain: Type.Optional(strings),
    gcpConnectionIds: Type.Optional(threeStrings),
    gcpServiceAttachmentUris: Type.Optional(threeStrings),
    provider: Type.String(),
    region: Type.Optional(Type.String()),
    serviceEndpointId: Type.Optional(Type.String()),
    vendor: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** What a client sent, absent fields left out. */
export type SentFields = Static<typeof sentFields>;

/** What an update may change (Atlas's public description; the source page has no update). */
export const updateBody = Type.Object({ dnsDomain: Type.String() }, { additionalProperties: false });

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

/** States of a private link that a fixture can begin with: those that nothing leads on from. */
export const SETTLED_STATES = ['IDLE', 'DONE', 'FAILED'] as const;

const state = Type.Union(STATES.map((name) => Type.Literal(name)));
const at = Type.Integer({ description: "milliseconds since the epoch, of the project's time" });

/** A private link in a fixture: what a client would send, and optionally its id and state. */
export const fixtureItem = Type.Object(
  {
    ...sentFields.properties,
    _id: Type.Optional(Type.String({ pattern: '^[a-f0-9]{24}$' })),
    state: Type.Optional(Type.Union(SETTLED_STATES.map((state) => Type.Literal(state)))),
    errorMessage: Type.Optional(Type.String()),
    // What an export says of the states it has gone through and will: see lifecycle.ts.
    path: Type.Optional(
      Type.Array(Type.Union([Type.Tuple([state, at]), Type.Tuple([state, at, Type.String()])]), {
        minItems: 1,
      }),
    ),
    rest: Type.Optional(Type.Array(Type.Object({ state, lasts: Type.Optional(Type.String()) }))),
  },
  { additionalProperties: false },
);

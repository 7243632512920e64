import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox';
import fc, { type Arbitrary } from 'fast-check';
import type { AtlasOperation } from '../../src/http/operation.js';
import { API, SEEDED } from '../support/emulator.js';
import { REQUESTS } from '../support/requests.js';

/** A request that was made from the declaration of an operation. */
export interface MadeRequest {
  readonly operation: AtlasOperation;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What is wrong with it; undefined if it is valid. */
  readonly wrong?: string;
}

interface Shape extends TSchema {
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
}

/** Texts of all scripts, without halves of surrogate pairs. */
const text = (options: fc.StringConstraints = {}): Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength: 30, ...options });

/** Texts, some of which begin and end with a space. */
const spaced = fc.oneof(
  text({ minLength: 1 }),
  text().map((inner) => ` ${inner} `),
);

const NAME = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

/** Values that fit a schema. */
export function valueOf(schema: Shape): Arbitrary<unknown> {
  const { pattern, minLength = 0, minItems = 0, maxItems = 3, uniqueItems, properties = {}, items } = schema;
  switch (schema[Kind]) {
    case 'String':
      return pattern === undefined ? text({ minLength }) : fc.stringMatching(new RegExp(pattern));
    case 'RegExp':
      return NAME;
    case 'Integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1_000_000) });
    case 'Number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'Boolean':
      return fc.boolean();
    case 'Literal':
      return fc.constant(schema.const);
    case 'Union':
      return fc.oneof(...(schema.anyOf ?? []).map((one) => valueOf(one as Shape)));
    case 'Array':
      return (uniqueItems ? fc.uniqueArray : fc.array)(valueOf(items as Shape), {
        minLength: minItems,
        maxLength: maxItems,
      });
    case 'Object': {
      const fields = Object.entries(properties).map(([name, one]) => [name, valueOf(one as Shape)] as const);
      const requiredKeys = Object.keys(properties).filter(
        (name) => properties[name]?.[OptionalKind] !== 'Optional',
      );
      return fc.record(Object.fromEntries(fields), { requiredKeys });
    }
    case 'Record':
      return fc.dictionary(NAME, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Valid bodies of a create: those of the fixtures, with other texts and without order. */
export const linkBody: Arbitrary<Record<string, unknown>> = fc
  .record({
    base: fc.constantFrom(...REQUESTS.values()),
    region: spaced,
    endpoint: spaced,
    hasZones: fc.boolean(),
    isSmall: fc.boolean(),
    scheme: fc.option(fc.constantFrom('TLS', 'SASL_SCRAM', 'IAM'), { nil: undefined }),
    ignored: fc.subarray(['state', '_id', 'errorMessage', 'interfaceEndpointId']),
    isReversed: fc.boolean(),
  })
  .map(({ base, region, endpoint, hasZones, isSmall, scheme, ignored, isReversed }) => {
    const body: Record<string, unknown> = {
      ...base,
      ...(base.region !== undefined && { region }),
      ...(base.serviceEndpointId !== undefined && { serviceEndpointId: endpoint }),
      ...(base.vendor === 'CONFLUENT' && !hasZones && { dnsSubDomain: [] }),
      ...(isSmall && { provider: String(base.provider).toLowerCase() }),
      ...(scheme !== undefined && { authenticationScheme: scheme }),
      ...Object.fromEntries(ignored.map((name) => [name, name === 'state' ? '' : null])),
    };
    return isReversed ? Object.fromEntries(Object.entries(body).reverse()) : body;
  });

/** Values of another type than a string, an array or an object. */
const ODD = fc.constantFrom<unknown>(7, true, 1.5);

/** Ways to make a body almost valid, each named. */
function spoiled(
  body: Record<string, unknown>,
  { body: rules }: AtlasOperation,
): Arbitrary<[wrong: string, body: unknown]> {
  const { properties = {}, required = [], additionalProperties } = (rules?.schema ?? {}) as Shape;
  const sent = Object.keys(body).filter((name) => name in properties);
  const needed = sent.filter((name) => required.includes(name));
  return fc.oneof(
    // Some operations ignore what they do not know.
    ...(additionalProperties === false
      ? [fc.constant<[string, unknown]>(['an unknown field', { ...body, zzUnknown: 1 }])]
      : []),
    fc.constantFrom<[string, unknown]>(['no object', [[]]], ['no object', 'text'], ['no object', 7]),
    ...(needed.length > 0
      ? [
          fc
            .constantFrom(...needed)
            .map((name): [string, unknown] => [`without ${name}`, { ...body, [name]: undefined }]),
        ]
      : []),
    ...(sent.length > 0
      ? [
          fc.tuple(fc.constantFrom(...sent), ODD).map(([name, value]): [string, unknown] => {
            // A flag can be true, and a number 7.
            const kind = properties[name]?.[Kind];
            const wrong = kind === 'Boolean' || kind === 'Integer' ? {} : value;
            return [`${name} of another type`, { ...body, [name]: wrong }];
          }),
        ]
      : []),
  );
}

/** Requests for an operation: valid ones, and ones with a mistake. @param ids values of path parameters */
export function requestsFor(
  operation: AtlasOperation,
  ids: Readonly<Record<string, string>>,
): Arbitrary<MadeRequest> {
  const { project, organization } = SEEDED.observed;
  const known = { groupId: project, orgId: organization, ...ids };
  const path =
    API +
    operation.path.replace(
      /:(\w+)/g,
      (_, name: string) => (known as Record<string, string | undefined>)[name] ?? 'f'.repeat(24),
    );
  const query = valueOf(operation.query as Shape).map((values) =>
    Object.fromEntries(Object.entries(values as object).map(([name, value]) => [name, String(value)])),
  );
  const isLink = operation.id === 'createGroupStreamPrivateLinkConnection';
  const body = operation.body && (isLink ? linkBody : valueOf(operation.body.schema));
  const valid = fc.record({ query, body: body ?? fc.constant(undefined) });
  return fc.oneof(
    { weight: 3, arbitrary: valid.map((made) => ({ operation, path, ...made })) },
    {
      weight: 1,
      arbitrary: valid.map(({ query: sent, ...made }) => ({
        ...{ operation, path, ...made, query: { ...sent, envelope: 'maybe' } },
        wrong: 'envelope is maybe',
      })),
    },
    ...(body
      ? [
          {
            weight: 3,
            arbitrary: valid.chain(({ query: sent, body: whole }) =>
              (Array.isArray(whole)
                ? fc.constant<[string, unknown]>(['no array', { whole }])
                : spoiled(whole as Record<string, unknown>, operation)
              ).map(([wrong, changed]) => ({ operation, path, query: sent, body: changed, wrong })),
            ),
          },
        ]
      : []),
  );
}

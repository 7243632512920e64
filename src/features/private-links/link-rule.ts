import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-operation.js';
import { asciiUpperCase } from '../../kernel/ascii.js';
import { MOST } from '../../kernel/pace.js';
import { DEFAULT_VENDOR, vendorOf, VENDORS } from './rules.js';
import { MESSAGE_MAX, type SentFields } from './schema.js';

/** What becomes of links that are not created yet. */
export const linkRule = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          provider: Type.Optional(Type.String({ description: 'the provider, in any case' })),
          vendor: Type.Optional(
            Type.String({ description: 'the vendor, in any case; GENERIC where none is sent' }),
          ),
          region: Type.Optional(Type.String({ minLength: 1, description: 'the region, as sent' })),
        },
        { additionalProperties: false, description: 'which links it is for; all if left out' },
      ),
    ),
    times: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MOST, description: 'for how many links; all if left out' }),
    ),
    fail: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MESSAGE_MAX,
        description: 'they end FAILED instead of DONE, with this errorMessage',
      }),
    ),
    staysIn: Type.Optional(
      Type.Union(
        ['PENDING', 'IDLE', 'WORKING'].map((state) => Type.Literal(state)),
        { description: 'they stay in this state for good' },
      ),
    ),
  },
  {
    additionalProperties: false,
    title: 'PrivateLinkRule',
    description: 'What becomes of private links that are not created yet.',
  },
);

export type LinkRule = Static<typeof linkRule>;

/** Checks what the schema cannot say. @throws {ControlError} 400 */
export function checkLinkRule({ match = {}, fail, staysIn }: LinkRule): void {
  if ((fail === undefined) === (staysIn === undefined)) {
    throw new ControlError(400, 'Send either fail, with an errorMessage, or staysIn, with a state.');
  }
  const { provider, vendor } = match;
  const providers = Object.keys(VENDORS);
  const named =
    provider === undefined ? providers : providers.filter((one) => one === asciiUpperCase(provider));
  if (named.length === 0) neverMatches('match.provider', provider, providers);
  const vendors = [...new Set(named.flatMap((one) => Object.keys(VENDORS[one] ?? {}))), DEFAULT_VENDOR];
  if (vendor !== undefined && !vendors.includes(vendorOf(match)))
    neverMatches('match.vendor', vendor, vendors);
}

/** A rule for links that no client can create is a slip of the pen. */
function neverMatches(field: string, sent: string | undefined, known: readonly string[]): never {
  throw new ControlError(
    400,
    `No private link has ${JSON.stringify(sent)} for ${field}. Send one of ${known.join(', ')}.`,
  );
}

/** Whether a rule is for a link. */
export function matches({ match = {} }: LinkRule, sent: SentFields): boolean {
  return (
    (match.provider === undefined || asciiUpperCase(match.provider) === asciiUpperCase(sent.provider)) &&
    (match.vendor === undefined || vendorOf(match) === vendorOf(sent)) &&
    (match.region === undefined || match.region === sent.region)
  );
}

import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { asciiUpperCase } from '../../kernel/ascii.js';
import type { RuleMatch } from '../../states/index.js';
import { DEFAULT_VENDOR, vendorOf, VENDORS } from './rules.js';
import type { SentFields } from './schema.js';

const schema = Type.Object(
  {
    provider: Type.Optional(Type.String({ description: 'the provider, in any case' })),
    vendor: Type.Optional(
      Type.String({ description: 'the vendor, in any case; GENERIC where none is sent' }),
    ),
    region: Type.Optional(Type.String({ minLength: 1, description: 'the region, as sent' })),
  },
  { additionalProperties: false },
);

export type LinkMatch = Static<typeof schema>;

/** Which links a rule for links to come applies to. */
export const linkMatch: RuleMatch<SentFields> = {
  schema,
  check({ provider, vendor }: LinkMatch) {
    const providers = Object.keys(VENDORS);
    const named =
      provider === undefined ? providers : providers.filter((one) => one === asciiUpperCase(provider));
    if (named.length === 0) refuseFilter('match.provider', provider, providers);
    const vendors = [...new Set(named.flatMap((one) => Object.keys(VENDORS[one] ?? {}))), DEFAULT_VENDOR];
    if (vendor !== undefined && !vendors.includes(vendorOf({ vendor }))) {
      refuseFilter('match.vendor', vendor, vendors);
    }
  },
  matches: ({ provider, vendor, region }: LinkMatch, sent) =>
    (provider === undefined || asciiUpperCase(provider) === asciiUpperCase(sent.provider)) &&
    (vendor === undefined || vendorOf({ vendor }) === vendorOf(sent)) &&
    (region === undefined || region === sent.region),
};

/** Refuses a filter that no link can match: it is a mistake. */
function refuseFilter(field: string, sent: string | undefined, known: readonly string[]): never {
  throw new ControlError(
    400,
    `No private link has ${JSON.stringify(sent)} for ${field}. Send one of ${known.join(', ')}.`,
  );
}

import { missingAttribute, wrongType } from '../../http/steps/fields.js';
import { asciiUpperCase } from '../../kernel/ascii.js';
import { SOURCE } from '../../profiles/index.js';
import { unknownProvider, unknownVendor } from './conditions.js';
import { READ_ONLY, type SentFields } from './schema.js';

/** The vendor of a link that names none (source page). */
export const DEFAULT_VENDOR = 'GENERIC';

type Field = Exclude<keyof SentFields, 'provider' | 'vendor'>;

/** Who says that a field is needed: Atlas's public documentation, or the source page alone. */
export type RuleSource = 'documentation' | 'page';

/** One of `fields` is needed. An empty array does, unless it must have items. */
interface Need {
  readonly fields: readonly [Field, ...Field[]];
  readonly source: RuleSource;
  readonly nonEmpty?: true;
}

const need = (field: Field, source: RuleSource = 'documentation'): Need => ({ fields: [field], source });

const region = need('region');
const serviceEndpointId = need('serviceEndpointId');
const dnsDomainOfPage = need('dnsDomain', 'page');

/** What each provider's vendors need, `GENERIC` apart, which needs nothing (inferred). */
export const VENDORS: Readonly<Record<string, Readonly<Record<string, readonly Need[]>>>> = {
  AWS: {
    MSK: [need('arn')],
    CONFLUENT: [region, serviceEndpointId, dnsDomainOfPage, need('dnsSubDomain', 'page')],
    KINESIS: [region, serviceEndpointId],
    S3: [region, serviceEndpointId],
    LAMBDA: [region, serviceEndpointId],
  },
  AZURE: {
    EVENTHUB: [region, serviceEndpointId, dnsDomainOfPage],
    CONFLUENT: [
      region,
      { fields: ['azureResourceIds', 'serviceEndpointId'], source: 'documentation', nonEmpty: true },
      dnsDomainOfPage,
    ],
    AZURE_BLOB_STORAGE: [region, serviceEndpointId, need('dnsDomain')],
  },
  GCP: {
    CONFLUENT: [
      region,
      need('dnsDomain'),
      { fields: ['gcpServiceAttachmentUris'], source: 'documentation', nonEmpty: true },
    ],
    PUBSUB: [region],
  },
};

/** Drops what counts as absent (an empty string, null) and what only the server sets; the rest stays as it is. */
export function withoutAbsent(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const readOnly: readonly string[] = READ_ONLY;
  return Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) => value !== null && value !== '' && !readOnly.includes(name),
    ),
  );
}

/**
 * Drops what counts as absent, and looks at the provider before anything else.
 *
 * @throws {Refusal} `missingAttribute`, `wrongType` or `unknownProvider`, each for the provider
 */
export function prepare(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const sent = withoutAbsent(body);
  const provider = sent.provider;
  const choices = oneOf(Object.keys(VENDORS));
  if (provider === undefined) throw missingAttribute('provider', `Send ${choices}.`);
  if (typeof provider !== 'string') throw wrongType('provider', 'Send a string.');
  if (!Object.hasOwn(VENDORS, asciiUpperCase(provider))) throw unknownProvider(provider, choices);
  return sent;
}

/**
 * Checks that the provider has the vendor, and that all is there which this vendor needs.
 *
 * @param sent what {@link prepare} left, of the right types
 * @param enforced whose rules hold in the profile
 * @throws {Refusal} `unknownVendor`, `missingAttribute`
 */
export function checkVendor(sent: SentFields, enforced: readonly RuleSource[]): void {
  const provider = asciiUpperCase(sent.provider);
  const vendor = vendorOf(sent);
  if (vendor === DEFAULT_VENDOR) return;
  const vendors = VENDORS[provider] ?? {};
  if (!Object.hasOwn(vendors, vendor)) {
    const choices = oneOf([...Object.keys(vendors), DEFAULT_VENDOR]);
    throw unknownVendor(sent.vendor ?? '', provider, choices, DEFAULT_VENDOR);
  }
  for (const { fields, source, nonEmpty } of vendors[vendor] ?? []) {
    if (!enforced.includes(source)) continue;
    const met = fields.some((field) => {
      const value = sent[field];
      return value !== undefined && !(nonEmpty && Array.isArray(value) && value.length === 0);
    });
    if (met) continue;
    const arrays = fields.filter((field) => field === 'dnsSubDomain').length > 0;
    throw missingAttribute(
      fields[0],
      `Send ${oneOf(fields)}${nonEmpty ? ' with at least one item' : arrays ? ' ([] if there are none)' : ''}.`,
      `${provider} ${vendor} needs ${oneOf(fields)}`,
      SOURCE[source],
    );
  }
}

/** The vendor in capitals, as rules know it. Matching is without case; what is stored is what was sent. */
export function vendorOf(sent: Pick<SentFields, 'vendor'>): string {
  return asciiUpperCase(sent.vendor ?? DEFAULT_VENDOR);
}

/**
 * What two links of a project must not share while neither is gone: provider, vendor, region and all that names
 * the target; the domain only where nothing else names it (inferred).
 */
export function targetOf(sent: SentFields): string {
  const { arn, serviceEndpointId: endpoint, azureResourceIds, gcpServiceAttachmentUris } = sent;
  const named = arn ?? endpoint ?? azureResourceIds ?? gcpServiceAttachmentUris;
  return JSON.stringify([
    asciiUpperCase(sent.provider),
    vendorOf(sent),
    sent.region,
    arn,
    endpoint,
    azureResourceIds,
    gcpServiceAttachmentUris,
    named === undefined ? sent.dnsDomain : undefined,
  ]);
}

function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

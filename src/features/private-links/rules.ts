import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../../http/control-error.js';
import { strict, text } from '../../http/schema.js';
import { invalidAttribute, missingAttribute, wrongType } from '../../http/steps/fields.js';
import { asciiUpperCase } from '../../kernel/ids.js';
import { SOURCE } from '../../profiles/index.js';
import type { RuleMatch } from '../../states/index.js';
import { readFixture } from '../../version.js';
import type { Lint } from '../../http/lints.js';
import { unknownProvider, unknownVendor } from './conditions.js';
import { lenience, type SentFields } from './schema.js';

/** The vendor of a link that names none (source page). */
export const DEFAULT_VENDOR = 'GENERIC';

/** Writes a choice as in "AWS, AZURE or GCP". The data of `Intl.ListFormat` would be loaded at each start. */
const either = (choices: readonly string[]): string => choices.join(', ').replace(/, ([^,]*)$/, ' or $1');

type Field = Exclude<keyof SentFields, 'provider' | 'vendor'>;

/** Who states a rule: Atlas's public documentation, MongoDB's own tools, or the source page alone. */
export type RuleSource = 'documentation' | 'tools' | 'page';

/**
 * What a vendor asks of a link: that a field is there, that it is absent, that it can be there or not, or that each item of a field contains the text
 * of another, if both are there. `[]` counts as absent, unless it is what `needs` says to send for "none".
 */
type Rule = (
  | { readonly needs: Field; readonly orEmpty?: true }
  | { readonly takes: Field }
  | { readonly forbids: Field }
  | { readonly eachOf: 'dnsSubDomain'; readonly contains: 'dnsDomain' }
) & { readonly source: RuleSource };

/**
 * The rules of each provider's vendors, in the order in which they are checked. `GENERIC` has none (inferred). Those of
 * the source page alone are enforced only as documented: the tools ask for both fields too, but real clients create
 * links without them.
 */
const VENDORS = readFixture('private-link-vendors.json') as Readonly<
  Record<string, Readonly<Record<string, readonly Rule[]>>>
>;

/**
 * Drops what counts as absent, and looks at the provider before anything else.
 *
 * @throws {Refusal} `missingAttribute`, `wrongType` or `unknownProvider`, each for the provider
 */
export function prepare(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const sent = lenience.strip(body);
  const { provider } = sent;
  const choices = () => either(Object.keys(VENDORS));
  if (provider === undefined) throw missingAttribute('provider').because({ remedy: `Send ${choices()}.` });
  if (typeof provider !== 'string') throw wrongType('provider', 'Send a string.');
  if (!Object.hasOwn(VENDORS, asciiUpperCase(provider))) throw unknownProvider(provider, choices());
  return sent;
}

/**
 * Checks that the provider has the vendor, and the rules of that vendor.
 *
 * @param sent what {@link prepare} left, of the right types
 * @param enforced whose rules hold in the profile
 * @throws {Refusal} `unknownVendor`, `missingAttribute`, `invalidAttribute`
 */
export function checkVendor(sent: SentFields, enforced: readonly RuleSource[]): void {
  const provider = asciiUpperCase(sent.provider);
  const vendor = vendorOf(sent);
  if (vendor === DEFAULT_VENDOR) return;
  const vendors = VENDORS[provider] ?? {};
  if (!Object.hasOwn(vendors, vendor)) {
    const choices = either([...Object.keys(vendors), DEFAULT_VENDOR]);
    throw unknownVendor(sent.vendor ?? '', provider, choices, DEFAULT_VENDOR);
  }
  for (const rule of vendors[vendor] ?? []) {
    if (enforced.includes(rule.source)) checkRule(rule, sent, `${provider} ${vendor}`);
  }
}

function checkRule(rule: Rule, sent: SentFields, who: string): void {
  const source = SOURCE[rule.source];
  if ('needs' in rule) {
    const { needs: field, orEmpty } = rule;
    const value = sent[field];
    if (orEmpty ? value !== undefined : !isAbsent(value)) return;
    const items = orEmpty ? ' ([] if there are none)' : Array.isArray(value) ? ' with at least one item' : '';
    const problem = `The required attribute ${field} was not specified (${who} needs it).`;
    throw missingAttribute(field).because({ problem, remedy: `Send ${field}${items}.`, source });
  }
  if ('takes' in rule) return;
  if ('forbids' in rule) {
    const { forbids: field } = rule;
    if (isAbsent(sent[field])) return;
    const problem = `${who} does not take ${field}.`;
    throw invalidAttribute(field, `Leave ${field} out.`).because({ problem, source });
  }
  const { eachOf, contains } = rule;
  const [items = [], part = ''] = [sent[eachOf], sent[contains]];
  const wrong = items.findIndex((item) => !item.includes(part));
  if (wrong < 0) return;
  const field = `${eachOf}[${wrong}]`;
  const remedy = `Send a ${eachOf} that contains the ${contains}, ${part}.`;
  const problem = `${field} of ${who} does not contain the ${contains}.`;
  throw invalidAttribute(field, remedy).because({ problem, source });
}

/** The fields that a vendor's rules name. */
function fieldsOf(rules: readonly Rule[]): string[] {
  return rules.flatMap((rule) => {
    if ('needs' in rule) return rule.needs;
    if ('takes' in rule) return rule.takes;
    return 'eachOf' in rule ? [rule.eachOf, rule.contains] : [];
  });
}

/** The fields that mean something for each vendor, by provider and vendor. */
const FIELDS_OF: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(VENDORS).flatMap(([provider, vendors]) =>
    Object.entries(vendors).map(([vendor, rules]) => [`${provider} ${vendor}`, new Set(fieldsOf(rules))]),
  ),
);

/** Fields that mean something for some vendors. A region is no mistake for any. */
const SOME_VENDORS = new Set([...FIELDS_OF.values()].flatMap((fields) => [...fields]));
SOME_VENDORS.delete('region');

/** A region as Atlas writes it, such as US_EAST_1, and the beginning of an endpoint that has it as AWS does. */
const ATLAS_REGION = /^[A-Z]{2}(?:_[A-Z]+)+_\d+$/;
const AWS_ENDPOINT = 'com.amazonaws.';

/**
 * What a link has that Atlas stores, but that means nothing: see docs/rules.md.
 *
 * @param body null and empty texts count as absent; a strict request may be refused before its body is checked
 */
export function linkLints(body: Readonly<Record<string, unknown>>): readonly Lint[] {
  const textOf = (field: keyof SentFields): string => {
    const { [field]: value } = body;
    return typeof value === 'string' ? value : '';
  };
  const sent = `${textOf('provider')} ${textOf('vendor') || DEFAULT_VENDOR}`;
  const name = FIELDS_OF.has(sent) ? sent : asciiUpperCase(sent);
  // Of GENERIC nothing is known.
  const own = FIELDS_OF.get(name);
  const found: Lint[] = [];
  for (const subject in body) {
    if (!own || own.has(subject) || !SOME_VENDORS.has(subject) || (body[subject] ?? '') === '') continue;
    const problem = `${subject} means nothing for ${name}.`;
    found.push({ rule: 'foreignField', subject, problem, mend: `Leave ${subject} out.` });
  }
  const region = textOf('region');
  if (ATLAS_REGION.test(region) && textOf('serviceEndpointId').startsWith(AWS_ENDPOINT)) {
    const mend = `Send ${region.toLowerCase().replaceAll('_', '-')}.`;
    const problem = `The region ${region} has Atlas's form, and the endpoint AWS's.`;
    found.push({ rule: 'regionForm', subject: 'region', problem, mend });
  }
  return found;
}

/** The values of fields whose schema takes any text. */
export const linkChoices = {
  provider: Object.keys(VENDORS),
  vendor: [...new Set(Object.values(VENDORS).flatMap((of) => Object.keys(of))), DEFAULT_VENDOR],
};

/** Whether a field counts as not sent. What is empty or null, {@link prepare} has dropped. */
function isAbsent(value: SentFields[Field]): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** The vendor in capitals, as rules know it. Matching is without case; what is stored is what was sent. */
export function vendorOf({ vendor = DEFAULT_VENDOR }: { readonly vendor?: string | undefined }): string {
  return asciiUpperCase(vendor);
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

const filter = Type.Object(
  {
    provider: Type.Optional(text('the provider, in any case')),
    vendor: Type.Optional(text('the vendor, in any case; GENERIC where none is sent')),
    region: Type.Optional(text('the region, as sent', { minLength: 1 })),
  },
  strict,
);

type LinkFilter = Static<typeof filter>;

/** Which links a rule for links to come applies to. */
export const linkMatch: RuleMatch<SentFields> = {
  schema: filter,
  check({ provider, vendor }: LinkFilter) {
    const providers = Object.keys(VENDORS);
    const named = providers.filter((one) => provider === undefined || one === asciiUpperCase(provider));
    if (named.length === 0) refuseFilter('provider', provider, providers);
    const vendors = [...new Set(named.flatMap((one) => Object.keys(VENDORS[one] ?? {}))), DEFAULT_VENDOR];
    if (!vendors.includes(vendorOf({ vendor }))) refuseFilter('vendor', vendor, vendors);
  },
  matches: ({ provider, vendor, region }: LinkFilter, sent) =>
    (provider === undefined || asciiUpperCase(provider) === asciiUpperCase(sent.provider)) &&
    (vendor === undefined || vendorOf({ vendor }) === vendorOf(sent)) &&
    (region === undefined || region === sent.region),
};

/** Refuses a filter that no link can match: it is a mistake. */
function refuseFilter(field: string, sent = '', known: readonly string[]): never {
  const choices = `Send one of ${known.join(', ')}.`;
  throw new ControlError(400, `No private link has ${JSON.stringify(sent)} for match.${field}. ${choices}`);
}

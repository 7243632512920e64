import { createHash } from 'node:crypto';
import { vendorOf } from './rules.js';
import type { SentFields } from './schema.js';

/** Fields that appear when a link is DONE. */
export type ComputedFields = Partial<
  Record<
    'interfaceEndpointId' | 'interfaceEndpointName' | 'providerAccountId' | 'region' | 'dnsDomain',
    string
  > &
    Record<'gcpConnectionIds', string[]>
>;

/**
 * What a link has once it is DONE, well-formed for its provider and derived from its id, so that the same link
 * always has the same. Which fields AWS and GCP add per vendor is Atlas's documentation; that the other links
 * get the endpoint fields of their provider is inferred, and so are all the values.
 *
 * `serviceEndpointId`, `arn` and `gcpServiceAttachmentUris` are never added: Terraform takes an added one for a
 * change behind its back (run).
 */
export function computedFields(id: string, sent: SentFields): ComputedFields {
  const digits = (label: string): string => createHash('sha256').update(`${id}:${label}`).digest('hex');
  const vendor = vendorOf(sent);
  switch (sent.provider.toUpperCase()) {
    case 'AWS': {
      if (vendor === 'MSK') return sent.region === undefined ? regionOfArn(sent.arn ?? '') : {};
      const account = decimals(digits('account'), 12);
      const endpoint = `vpce-0${digits('endpoint').slice(0, 16)}`;
      if (vendor !== 'CONFLUENT' && vendor !== 'GENERIC') {
        return { interfaceEndpointId: endpoint, providerAccountId: account };
      }
      return {
        interfaceEndpointId: endpoint,
        interfaceEndpointName: `${endpoint}-${digits('name').slice(0, 8)}`,
        providerAccountId: account,
      };
    }
    case 'AZURE': {
      const subscription = uuid(digits('account'));
      const name = `pe-${id}`;
      return {
        interfaceEndpointId: `/subscriptions/${subscription}/resourceGroups/rg-${id.slice(0, 8)}/providers/Microsoft.Network/privateEndpoints/${name}`,
        interfaceEndpointName: name,
        providerAccountId: subscription,
      };
    }
    default: {
      if (vendor === 'PUBSUB')
        return sent.dnsDomain === undefined ? { dnsDomain: 'pubsub.googleapis.com' } : {};
      if (sent.gcpConnectionIds !== undefined) return {};
      const attachments = sent.gcpServiceAttachmentUris ?? [''];
      return {
        gcpConnectionIds: attachments.map((_uri, index) => decimals(digits(`connection${index}`), 17)),
      };
    }
  }
}

/** The fourth part of `arn:aws:kafka:<region>:<account>:…`. */
function regionOfArn(arn: string): ComputedFields {
  const region = arn.split(':')[3];
  return region ? { region } : {};
}

function decimals(hex: string, length: number): string {
  const digits = hex.slice(0, length).replace(/[a-f]/g, (digit) => String(parseInt(digit, 16) - 10));
  return digits.startsWith('0') ? `1${digits.slice(1)}` : digits;
}

function uuid(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

import { asciiUpperCase } from '../../kernel/ascii.js';
import { decimalDigits, hexDigits, uuid } from '../../kernel/derived.js';
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
  const vendor = vendorOf(sent);
  switch (asciiUpperCase(sent.provider)) {
    case 'AWS':
      return vendor === 'MSK' ? regionOfArn(sent) : awsEndpoint(id, vendor);
    case 'AZURE':
      return azureEndpoint(id);
    default:
      return vendor === 'PUBSUB' ? { dnsDomain: 'pubsub.googleapis.com' } : gcpConnections(id, sent);
  }
}

/** The fourth part of `arn:aws:kafka:<region>:<account>:…`. */
function regionOfArn({ arn = '' }: SentFields): ComputedFields {
  const region = arn.split(':')[3];
  return region ? { region } : {};
}

function awsEndpoint(id: string, vendor: string): ComputedFields {
  const endpoint = `vpce-0${hexDigits(`${id}:endpoint`, 16)}`;
  const named = vendor === 'CONFLUENT' || vendor === 'GENERIC';
  return {
    interfaceEndpointId: endpoint,
    ...(named && { interfaceEndpointName: `${endpoint}-${hexDigits(`${id}:name`, 8)}` }),
    providerAccountId: decimalDigits(`${id}:account`, 12),
  };
}

function azureEndpoint(id: string): ComputedFields {
  const subscription = uuid(`${id}:account`);
  const name = `pe-${id}`;
  return {
    interfaceEndpointId: `/subscriptions/${subscription}/resourceGroups/rg-${id}/providers/Microsoft.Network/privateEndpoints/${name}`,
    interfaceEndpointName: name,
    providerAccountId: subscription,
  };
}

function gcpConnections(id: string, { gcpServiceAttachmentUris }: SentFields): ComputedFields {
  const attachments = gcpServiceAttachmentUris ?? [''];
  return {
    gcpConnectionIds: attachments.map((_uri, index) => decimalDigits(`${id}:connection${index}`, 17)),
  };
}

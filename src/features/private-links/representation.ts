import { API_PREFIX } from '../../http/paths.js';
import type { JsonText } from '../../http/replies/replies.js';
import { asciiUpperCase, decimalDigits, hexDigits, uuid } from '../../kernel/ids.js';
import { BASE_URL_MARK, objectText, Raw, STATE, type Shown } from '../../states/index.js';
import { privateLinkProfiles } from './profile.js';
import { DEFAULT_VENDOR, vendorOf } from './rules.js';
import type { SentFields } from './schema.js';

/**
 * A link as GET shows it. Keys are in alphabetical order: the source page's order, and the recorded one.
 */
export function represent(sent: SentFields, { id, project, complete, errorMessage }: Shown): JsonText {
  const { showsLinks } = privateLinkProfiles[project.profile];
  const self = `${BASE_URL_MARK}${API_PREFIX}/groups/${project.id}/streams/privateLinkConnections/${id}`;
  // An object with spreads takes more time than all of the JSON.
  const fields = Object.assign({}, complete ? computedFields(id, sent) : undefined, sent, {
    _id: id,
    provider: asciiUpperCase(sent.provider),
    state: STATE,
    vendor: sent.vendor ?? DEFAULT_VENDOR,
  });
  if (errorMessage !== undefined) Object.assign(fields, { errorMessage });
  if (showsLinks) Object.assign(fields, { links: new Raw(`[{"href":"${self}","rel":"self"}]`) });
  return objectText(fields);
}

/**
 * What a link has once it is DONE, well-formed for its provider and derived from its id, so that the same link
 * always has the same. Which fields AWS and GCP add per vendor is Atlas's documentation; that the other links
 * get the endpoint fields of their provider is inferred, and so are all the values.
 *
 * `serviceEndpointId`, `arn` and `gcpServiceAttachmentUris` are never added: Terraform takes an added one for a
 * change behind its back (run).
 */
export function computedFields(id: string, sent: SentFields): Readonly<Record<string, string | string[]>> {
  const vendor = vendorOf(sent);
  switch (asciiUpperCase(sent.provider)) {
    case 'AWS': {
      if (vendor === 'MSK') {
        // arn:aws:kafka:<region>:<account>:…
        const region = sent.arn?.split(':')[3];
        return region ? { region } : {};
      }
      const endpoint = `vpce-0${hexDigits(`${id}:endpoint`, 16)}`;
      const named = vendor === 'CONFLUENT' || vendor === 'GENERIC';
      return {
        interfaceEndpointId: endpoint,
        ...(named && { interfaceEndpointName: `${endpoint}-${hexDigits(`${id}:name`, 8)}` }),
        providerAccountId: decimalDigits(`${id}:account`, 12),
      };
    }
    case 'AZURE': {
      const subscription = uuid(`${id}:account`);
      const name = `pe-${id}`;
      return {
        interfaceEndpointId: `/subscriptions/${subscription}/resourceGroups/rg-${id}/providers/Microsoft.Network/privateEndpoints/${name}`,
        interfaceEndpointName: name,
        providerAccountId: subscription,
      };
    }
    default: {
      if (vendor === 'PUBSUB') return { dnsDomain: 'pubsub.googleapis.com' };
      const attachments = sent.gcpServiceAttachmentUris ?? [''];
      const idOf = (_: string, index: number) => decimalDigits(`${id}:connection${index}`, 17);
      return { gcpConnectionIds: attachments.map(idOf) };
    }
  }
}

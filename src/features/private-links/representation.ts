import { API_PREFIX } from '../../http/paths.js';
import type { JsonText } from '../../http/operation.js';
import { asciiUpperCase } from '../../kernel/ascii.js';
import { BASE_URL_MARK, objectText, Raw, STATE, type Shown } from '../../states/index.js';
import { computedFields } from './computed.js';
import { privateLinkProfiles } from './profile.js';
import { DEFAULT_VENDOR } from './rules.js';
import type { SentFields } from './schema.js';

/**
 * A link as GET shows it. Keys are in alphabetical order: the source page's order, and the recorded one.
 */
export function represent(sent: SentFields, { id, project, complete, errorMessage }: Shown): JsonText {
  const self = `${BASE_URL_MARK}${API_PREFIX}/groups/${project.id}/streams/privateLinkConnections/${id}`;
  return objectText({
    ...(complete && computedFields(id, sent)),
    ...sent,
    _id: id,
    ...(errorMessage !== undefined && { errorMessage }),
    ...(privateLinkProfiles[project.profile].showsLinks && {
      links: new Raw(`[{"href":"${self}","rel":"self"}]`),
    }),
    provider: asciiUpperCase(sent.provider),
    state: STATE,
    vendor: sent.vendor ?? DEFAULT_VENDOR,
  });
}

import type { ProfileName } from '../../profiles/index.js';
import type { CurrentItem } from '../../states/index.js';
import { privateLinkProfiles } from './profile.js';
import { updateNotAllowed } from './conditions.js';
import { checkVendor } from './rules.js';
import type { SentFields } from './schema.js';

/** States of a link that is being deleted, in either profile. */
const LEAVING = Object.values(privateLinkProfiles).flatMap(({ deleted }) =>
  deleted.map(({ state }) => state),
);

/**
 * Changes the domain of a link, unless one is set and the link is not IDLE (Atlas documentation). The rules of its vendor
 * hold for what it is then (inferred).
 */
export function changeDomain(dnsDomain: string, profile: ProfileName) {
  return ({ id, sent, state }: CurrentItem<SentFields>): SentFields => {
    const sentence = `The dnsDomain cannot be changed: the private link ${id}`;
    if (LEAVING.some((one) => one === state)) {
      throw updateNotAllowed(`${sentence} is being deleted`);
    }
    if (sent.dnsDomain !== undefined && state !== 'IDLE') {
      throw updateNotAllowed(`${sentence} has a dnsDomain already and is ${state}`);
    }
    const changed = { ...sent, dnsDomain };
    checkVendor(changed, privateLinkProfiles[profile].enforced);
    return changed;
  };
}

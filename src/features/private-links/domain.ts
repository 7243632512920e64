import type { CurrentItem } from '../../states/index.js';
import { privateLinkProfiles } from './profile.js';
import { updateNotAllowed } from './conditions.js';
import type { SentFields } from './schema.js';

/** States of a link that is being deleted, in either profile. */
const LEAVING = Object.values(privateLinkProfiles).flatMap(({ deleted }) =>
  deleted.map(({ state }) => state),
);

/** Changes the domain of a link, unless one is set and the link is not IDLE (Atlas documentation). */
export function changeDomain(dnsDomain: string) {
  return ({ id, sent, state }: CurrentItem<SentFields>): SentFields => {
    const sentence = `The dnsDomain cannot be changed: the private link ${id}`;
    if (LEAVING.some((one) => one === state)) {
      throw updateNotAllowed(`${sentence} is being deleted`);
    }
    if (sent.dnsDomain !== undefined && state !== 'IDLE') {
      throw updateNotAllowed(`${sentence} has a dnsDomain already and is ${state}`);
    }
    return { ...sent, dnsDomain };
  };
}

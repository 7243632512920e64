import type { Gatekeeper } from '../http/gatekeeper.js';
import { permits, rolesFor } from './roles.js';
import type { IdentityStore } from './store.js';

/** What the ladder asks, answered from the store. */
export function gatekeeperOf(store: IdentityStore): Gatekeeper {
  return {
    apiKey(publicKey) {
      const credential = store.credential(publicKey);
      return credential?.caller.kind === 'API key'
        ? { caller: credential.caller, privateKey: credential.secret }
        : undefined;
    },
    bearer: (token) => store.bearer(token),
    project: (id) => store.project(id),
    permits,
    rolesFor,
  };
}

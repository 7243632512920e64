import type { Gatekeeper } from '../http/gatekeeper.js';
import type { CredentialStore } from './credential-store.js';
import type { ProjectStore } from './project-store.js';
import { permits, rolesFor } from './roles.js';

/** What identity keeps: organizations and projects, and who may call. */
export interface Identity {
  readonly projects: ProjectStore;
  readonly credentials: CredentialStore;
}

/** The gatekeeper of the pipeline, backed by the stores. */
export function gatekeeperOf({ projects, credentials }: Identity): Gatekeeper {
  return {
    apiKey(publicKey) {
      const credential = credentials.credential(publicKey);
      return credential?.caller.kind === 'API key'
        ? { caller: credential.caller, privateKey: credential.secret }
        : undefined;
    },
    bearer: (token) => credentials.bearer(token),
    project: (id) => projects.project(id),
    organization: (id) => projects.organization(id),
    permits,
    rolesFor,
  };
}

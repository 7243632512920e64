import { callerOf, type AtlasFetch, type Caller } from './caller.js';
import { ASYNC_DISPOSE } from './disposal.js';
import { resourceOver, type Links, type Resource } from './resource.js';
import { EmulatorError, type Transport } from './transport.js';
import type { Credentials, PaceOptions, ProjectAccess, ProjectInfo, Role } from './types.js';
import { verbs, type Verbs } from './verbs.js';

/** A project of an emulator: what a client needs to call it, and what a test can do with it and no other. */
export interface Project extends Verbs, Readonly<Omit<ProjectAccess, 'durations' | 'movement'>> {
  /** Calls the Atlas API as the owner. */
  readonly fetch: AtlasFetch;
  /** A caller with another role. @throws {EmulatorError} if the project has no credentials for it */
  as(role: Role): Caller;
  readonly links: Links;
  /** The items of any resource with states. @param path its path in the control API, such as `private-links` */
  resource(path: string): Resource;
  /** What it is now. */
  info(): Promise<ProjectInfo>;
  /** Changes how states move, from the next create, update or delete on. */
  change(pace: PaceOptions): Promise<ProjectInfo>;
  /** Deletes it, with all that is in it and the credentials that were made for it. */
  delete(): Promise<void>;
  /** Deletes it, if it is still there. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A project over a transport.
 *
 * @param url the address that its clients use
 * @param turned how often clocks may have been put back
 */
export function projectOver(
  transport: Transport,
  url: string,
  access: ProjectAccess,
  turned: () => number,
): Project {
  const { id, name, organizationId, profile, credentials, environment } = access;
  const scope = `/projects/${id}`;
  const own = verbs(transport, scope);
  const callers = new Map<Role, Caller>();
  const as = (role: Role): Caller => {
    const known = callers.get(role);
    if (known) return known;
    // A fixture may have no such caller, or none that can get tokens.
    const shown = credentials[role] as Partial<Credentials> | undefined;
    if (!shown?.serviceAccount) {
      throw new EmulatorError(
        404,
        `The project ${id} has no service account of a role ${role}.`,
        `as ${role}`,
      );
    }
    const caller = callerOf({ url, projectId: id }, shown as Credentials, {
      read: () => own.clock.read(),
      turned,
    });
    callers.set(role, caller);
    return caller;
  };
  const remove = async (): Promise<void> => {
    await transport('DELETE', scope);
  };
  return {
    ...own,
    id,
    name,
    organizationId,
    profile,
    url,
    credentials,
    environment,
    fetch: async (path, init) => as('owner').fetch(path, init),
    as,
    links: resourceOver(transport, scope, 'private-links'),
    resource: (path) => resourceOver(transport, scope, path),
    info: async () => (await transport('GET', scope)) as ProjectInfo,
    change: async (pace) => (await transport('PATCH', scope, pace)) as ProjectInfo,
    delete: remove,
    async [ASYNC_DISPOSE]() {
      try {
        await remove();
      } catch (error) {
        // A reset, or the test itself, may have removed it.
        if (!(error instanceof EmulatorError && error.status === 404)) throw error;
      }
    },
  };
}

import { callerOf, type AtlasFetch, type Caller } from './caller.js';
import { ASYNC_DISPOSE } from './disposal.js';
import { resourceOver, type Links, type Resource } from './resource.js';
import { EmulatorError, scoped, type Transport } from './transport.js';
import type { Credentials, PaceOptions, ProjectAccess, ProjectInfo, Role } from './types.js';
import { verbs, type Verbs } from './verbs.js';

/** A project of an emulator: what a client needs to call it, and control of this project alone. */
export interface Project extends ReturnType<typeof projectOver> {}

/**
 * A project over a transport.
 *
 * @param url the address that its clients use
 * @param rewinds the number of calls that may have put clocks back
 */
export function projectOver(
  transport: Transport,
  url: string,
  { durations, movement, ...access }: ProjectAccess,
  rewinds: () => number,
) {
  const { id, credentials } = access;
  const call = scoped(transport, `/projects/${id}`);
  const own: Verbs = verbs(call);
  const callers = new Map<Role, Caller>();
  const as = (role: Role): Caller => {
    // A fixture may have no such credentials, or only an API key.
    const shown = credentials[role] as Partial<Credentials> | undefined;
    if (!shown?.serviceAccount) {
      const why = `The project ${id} has no service account of a role ${role}.`;
      throw new EmulatorError(404, why, `as ${role}`);
    }
    const clock = { ...own.clock, rewinds };
    const caller = callers.get(role) ?? callerOf(url, id, shown as Credentials, clock);
    callers.set(role, caller);
    return caller;
  };
  const fetch: AtlasFetch = async (path, init) => as('owner').fetch(path, init);
  const links: Links = resourceOver(scoped(call, '/private-links'));
  const remove = (): Promise<void> => call('DELETE', '');
  return Object.assign(own, access, {
    url,
    /** Calls the Atlas API as the owner. */
    fetch,
    /** A caller with another role. @throws {EmulatorError} if the project has no service account for it */
    as,
    /** Its private links. */
    links,
    /** The items of any resource with states. @param path its path in the control API, such as `private-links` */
    resource: (path: string): Resource => resourceOver<string>(scoped(call, `/${path}`)),
    /** The project as it is now. */
    info: () => call<ProjectInfo>('GET', ''),
    /** Changes how states move, from the next create, update or delete on. */
    change: (pace: PaceOptions) => call<ProjectInfo>('PATCH', '', pace),
    /** Deletes the project with everything in it, and the credentials that were made for it. */
    delete: remove,
    /** Deletes the project, if it still exists. */
    async [ASYNC_DISPOSE](): Promise<void> {
      try {
        await remove();
      } catch (error) {
        // A reset, or the test itself, may have deleted it.
        if (!(error instanceof EmulatorError && error.status === 404)) throw error;
      }
    },
  });
}

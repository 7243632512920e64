import type { Transport } from './transport.js';
import type { LinkReport, LinkState, LinkStep } from './types.js';

/** What the control API does with the private links of a project; `id` is their `_id`. */
export interface Links {
  /** The state of a link, and how it came there. */
  state(id: string): Promise<LinkReport>;
  /** Puts a link into a state, in which it stays. @param errorMessage what is shown while it is FAILED */
  force(id: string, state: LinkState, errorMessage?: string): Promise<LinkReport>;
  /** Holds a link in the state that it is in. */
  hold(id: string): Promise<LinkReport>;
  /** Moves a link that is held, or moves by hand or by reads, on to its next state. */
  step(id: string): Promise<LinkReport>;
  /** Lets a link that was held go on. */
  release(id: string): Promise<LinkReport>;
  /** The states that a link has gone through, oldest first. */
  history(id: string): Promise<readonly LinkStep[]>;
}

/** The links of the project that `scope` names. */
export function linksOf(transport: Transport, scope: string): Links {
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    id: string,
    rest = '',
    body?: unknown,
  ): Promise<LinkReport> =>
    (await transport(method, `${scope}/private-links/${encodeURIComponent(id)}${rest}`, body)) as LinkReport;
  return {
    state: (id) => call('GET', id),
    force: (id, state, errorMessage) =>
      call('PUT', id, '/state', { state, ...(errorMessage !== undefined && { errorMessage }) }),
    hold: (id) => call('POST', id, '/hold'),
    step: (id) => call('POST', id, '/step'),
    release: (id) => call('POST', id, '/release'),
    history: async (id) => (await call('GET', id)).history,
  };
}

import type { Transport } from './transport.js';
import type { KeptLinkRule, LinkRule, LinkState } from './types.js';

/** A state that an item has gone through. */
export interface StateStep<State extends string = string> {
  readonly state: State;
  /** When it was entered, in the project's time (ISO 8601). */
  readonly at: string;
  /** created, updated, deleted, time, read, forced, released or fixture. */
  readonly why: string;
}

/** An item as the control API sees it. */
export interface StateReport<State extends string = string> {
  readonly id: string;
  readonly state: State;
  /** Whether it waits for a hand or for reads to move on. */
  readonly held: boolean;
  /** Oldest first. */
  readonly history: readonly StateStep<State>[];
}

/** What the control API does with the items of a resource in a project; `id` is their `_id`. */
export interface Resource<State extends string = string> {
  /** Adds an item, where the Atlas API has no create for it. */
  add(item: object): Promise<StateReport<State>>;
  /** The state of an item, and how it came there. */
  state(id: string): Promise<StateReport<State>>;
  /** Puts an item into a state, in which it stays. @param errorMessage what is shown while it is FAILED */
  force(id: string, state: State, errorMessage?: string): Promise<StateReport<State>>;
  /** Holds an item in the state that it is in. */
  hold(id: string): Promise<StateReport<State>>;
  /** Moves an item that is held, or moves by hand or by reads, on to its next state. */
  step(id: string): Promise<StateReport<State>>;
  /** Releases an item that was held. */
  release(id: string): Promise<StateReport<State>>;
  /** The states that an item has gone through, oldest first. */
  history(id: string): Promise<readonly StateStep<State>[]>;
}

/** What the control API does with the private links of a project. */
export type Links = Omit<Resource<LinkState>, 'add'>;

/** What happens to items that are not created yet. */
export interface Rules<Rule = LinkRule, Kept = KeptLinkRule> {
  add(rule: Rule): Promise<Kept>;
  list(): Promise<readonly Kept[]>;
  remove(id: string): Promise<void>;
  /** Removes all of the scope. */
  clear(): Promise<void>;
}

/** The items of a resource. @param scope `/projects/{groupId}` @param path of the resource, such as `private-links` */
export function resourceOver<State extends string>(
  transport: Transport,
  scope: string,
  path: string,
): Resource<State> {
  const call = async (
    method: 'GET' | 'POST' | 'PUT',
    id: string,
    rest = '',
    body?: unknown,
  ): Promise<StateReport<State>> =>
    (await transport(
      method,
      `${scope}/${path}/${encodeURIComponent(id)}${rest}`,
      body,
    )) as StateReport<State>;
  return {
    add: async (item) => (await transport('POST', `${scope}/${path}`, item)) as StateReport<State>,
    state: (id) => call('GET', id),
    force: (id, state, errorMessage) =>
      call('PUT', id, '/state', { state, ...(errorMessage !== undefined && { errorMessage }) }),
    hold: (id) => call('POST', id, '/hold'),
    step: (id) => call('POST', id, '/step'),
    release: (id) => call('POST', id, '/release'),
    history: async (id) => (await call('GET', id)).history,
  };
}

/** Rules over a transport. @param path such as `/private-link-rules`, in its scope */
export function rulesOver<Rule, Kept>(transport: Transport, path: string): Rules<Rule, Kept> {
  return {
    add: async (rule) => (await transport('POST', path, rule)) as Kept,
    list: async () => ((await transport('GET', path)) as { rules: Kept[] }).rules,
    remove: async (id) => {
      await transport('DELETE', `${path}/${encodeURIComponent(id)}`);
    },
    clear: async () => {
      await transport('DELETE', path);
    },
  };
}

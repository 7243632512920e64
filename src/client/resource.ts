import type { Transport } from './transport.js';
import type { LinkState, LinkStep } from './types.js';

/** A state that an item has entered. */
export interface StateStep<State extends string = string> extends Omit<LinkStep, 'state'> {
  readonly state: State;
}

/** An item as the control API shows it. */
export interface StateReport<State extends string = string> {
  readonly id: string;
  readonly state: State;
  /** Whether the item changes its state only by a call or by reads. */
  readonly held: boolean;
  /** Oldest first. */
  readonly history: readonly StateStep<State>[];
}

/** Control of the items of a resource in a project; `id` is their `_id`. */
export interface Resource<State extends string = string> extends ReturnType<typeof resourceOver<State>> {}

/** Control of the private links of a project. */
export type Links = Omit<Resource<LinkState>, 'add'>;

/** The items of a resource. @param call a transport to its path in a project */
export function resourceOver<State extends string>(call: Transport) {
  type Report = StateReport<State>;
  const part = encodeURIComponent;
  return {
    /** Adds an item of a resource that cannot be created through the Atlas API. */
    add: (item: object) => call<Report>('POST', '', item),
    /** The state of an item, and its history. */
    state: (id: string) => call<Report>('GET', `/${part(id)}`),
    /** Puts an item into a state, in which it stays. @param errorMessage shown while the item is FAILED */
    force: (id: string, state: State, errorMessage?: string) =>
      call<Report>('PUT', `/${part(id)}/state`, { state, errorMessage }),
    /** Holds an item in its current state. */
    hold: (id: string) => call<Report>('POST', `/${part(id)}/hold`),
    /** Moves an item to its next state, if it is held, or moves by hand or by reads. */
    step: (id: string) => call<Report>('POST', `/${part(id)}/step`),
    /** Releases an item that was held. */
    release: (id: string) => call<Report>('POST', `/${part(id)}/release`),
    /** The states that an item has entered, oldest first. */
    history: async (id: string) => (await call<Report>('GET', `/${part(id)}`)).history,
  };
}

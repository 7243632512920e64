import type { Static } from '@sinclair/typebox';
import { hasForm } from '../paths.js';
import type { newFault } from './rule-schema.js';

/** A fault to inject: which requests, how many of them, and one action. */
export type FaultRule = Static<typeof newFault> & { readonly id: string };

/** Which requests a rule is about; what is left out, any. */
export type FaultMatch = NonNullable<FaultRule['match']>;

/** What a rule answers in place of the emulator. */
export type FaultAnswer = NonNullable<FaultRule['answer']>;

/** What a rule can do; a rule has exactly one of them. */
export const FAULT_ACTIONS = ['answer', 'rateLimit', 'delayMs', 'drop', 'truncate'] as const;
export type FaultAction = (typeof FAULT_ACTIONS)[number];

/** A rule, where it is kept, and how often it was asked. */
export interface KeptFault {
  readonly rule: FaultRule;
  /** The project that it belongs to; undefined for the whole server. */
  readonly project: string | undefined;
  /** Requests that it matched while it was not at rest. */
  readonly matched: number;
  readonly fired: number;
}

/** A request as rules see it. */
export interface FaultFacts {
  readonly place: 'credentials' | 'faults';
  /** The project that its path names. */
  readonly project: string | undefined;
  readonly operation: string;
  /** It gets or revokes a token: a rule is about it only if it names the operation or a path. */
  readonly aboutTokens: boolean;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly caller: string | undefined;
}

/** Who keeps the rules. */
export interface FaultBook {
  /** Whether there are rules that a request could meet which names this project, or none. */
  concerns(project: string | undefined): boolean;
  /**
   * Counts a request on the rules that it matches.
   *
   * @returns the rules that fire, in order, of which only the last can end the request, once the counts are committed;
   * undefined, at once, if it matches none
   */
  meet(facts: FaultFacts): Promise<readonly KeptFault[]> | undefined;
}

/** Whether a rule is about a request. */
export function matches({ before, match = {} }: FaultRule, facts: FaultFacts): boolean {
  return (
    facts.place === (before ?? 'faults') &&
    (!facts.aboutTokens || match.operation !== undefined || match.path !== undefined) &&
    (match.operation === undefined || match.operation === facts.operation) &&
    (match.method === undefined || match.method === facts.method) &&
    (match.caller === undefined || match.caller === facts.caller) &&
    (match.path === undefined || hasForm(facts.path, match.path))
  );
}

/** Whether a rule will fire no more. */
export function isAtRest({ times }: FaultRule, fired: number): boolean {
  return times !== undefined && fired >= times;
}

/**
 * Whether a rule fires on the `matched`th request that it matches, from 1. A share is spread evenly: of a half, every
 * second one.
 */
export function firesOn({ skip = 0, share = 1 }: FaultRule, matched: number): boolean {
  const count = matched - skip;
  // A hundredth of a hundred is one, whatever the binary digits say.
  const due = (requests: number): number => Math.floor(requests * share + 1e-9);
  return count > 0 && due(count) > due(count - 1);
}

/** Whether a request goes on behind a rule that fires, to meet the next one. */
export function letsOthersFire({ delayMs }: FaultRule): boolean {
  return delayMs !== undefined;
}

/** The action of a rule. */
export function actionOf(rule: FaultRule): FaultAction {
  const action = FAULT_ACTIONS.find((name) => rule[name] !== undefined);
  if (!action) throw new Error(`the fault rule ${rule.id} has no action`);
  return action;
}

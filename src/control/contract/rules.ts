import * as tokens from '../../http/credentials/token-errors.js';
import { addressNotAllowed } from '../../http/faults/injected.js';
import { rateLimited, tooManyTokens } from '../../http/faults/limits.js';
import { storageUnavailable, unexpected } from '../../http/replies/failures.js';
import { misspelledPath, notEmulated } from '../../http/steps/route.js';
import { noScriptedAnswer } from '../../http/steps/scripted.js';
import { doubtfulRequest } from '../../http/steps/strict.js';
import { tooManyProjects } from '../../identity/index.js';
import type { ConditionType } from '../../profiles/index.js';
import { readFixture } from '../../version.js';

/** How much a finding weighs, the worst first. */
export const SEVERITIES = ['error', 'warning', 'advice'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A rule about what clients send. Those of severity `error` are the conditions of docs/errors.md. */
export interface Rule {
  readonly severity: Severity;
  /** One request decides it, so that a strict project refuses it. */
  readonly strict?: true;
  /** When a client breaks it. */
  readonly when: string;
  /** What the client should do. */
  readonly mend: string;
  readonly source: string;
}

/** The rules for requests that Atlas takes, by id. */
export const RULES = readFixture('contract/rules.json') as Readonly<Record<string, Rule>>;

/** Refusals for which no client is to blame. Those of fault rules, limits and `Prefer` never count. */
export const BLAMELESS: readonly ConditionType[] = [
  ...[notEmulated, misspelledPath, storageUnavailable, unexpected, noScriptedAnswer, doubtfulRequest],
  ...[addressNotAllowed, rateLimited, tooManyTokens, tooManyProjects],
  ...[tokens.accessDenied, tokens.serverError, tokens.temporarilyUnavailable],
];

const blameless = new Set(BLAMELESS.map(({ name }) => name));

/** Whether a refusal can be the mistake of a client. @param name of the condition */
export const isMistake = (name: string): boolean => !blameless.has(name);

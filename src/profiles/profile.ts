import { STATUS_CODES } from 'node:http';
import type { Condition } from '../kernel/conditions.js';

/** The two truths that are served. An organization has one of them. */
export const PROFILE_NAMES = ['documented', 'observed'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** How a profile answers one condition. */
export interface ErrorRow {
  readonly status: number;
  readonly errorCode: string;
  /**
   * The text, each `%s` standing for a parameter of the condition. Without one the answer says in the
   * condition's own words what is wrong and what would have passed.
   */
  readonly detail?: string;
  /** Where the row was learned. */
  readonly source: string;
  /** For an inferred row: the one call against real Atlas that would settle it. */
  readonly settledBy?: string;
  /** The body's keys, in order, where the condition has a form of its own. */
  readonly keys?: readonly ErrorKey[];
  /** The body is indented even if nobody asked. */
  readonly indented?: true;
}

export type ErrorKey = 'detail' | 'error' | 'errorCode' | 'parameters' | 'reason';

/** Rows by the name of the condition. */
export type ErrorRows = Readonly<Record<string, ErrorRow>>;

/** How an organization's projects behave, as far as all resources share it. Each resource adds rows. */
export interface Profile {
  readonly name: ProfileName;
  /** The keys of an error's body, in order. */
  readonly errorKeys: readonly ErrorKey[];
  /** Whether an error names its code in `X-Error-Code` too. */
  readonly errorCodeHeader: boolean;
  /** Headers of each answer to a known caller, beside the content type. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Whether an answer to a known caller names the method that served it, as Atlas does in `X-Java-Method`. */
  readonly javaMethodHeader: boolean;
  /** Whether a success tells of Atlas's limit of requests a minute. */
  readonly rateLimitHeaders: boolean;
  /** Whether an error that a fault rule asks for has the source page's own body, where the page shows one. */
  readonly pageBodies: boolean;
  readonly errors: ErrorRows;
}

/** The profiles, by name. */
export type Profiles = Readonly<Record<ProfileName, Profile>>;

/** An error as a profile shows it. */
export interface DressedError {
  readonly status: number;
  readonly errorCode: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly indented: boolean;
}

/**
 * Dresses a condition as the profile shows it.
 *
 * @param forced the status, where it is not that of the row
 * @throws {Error} if the profile has no row for it, which a test over all conditions excludes
 */
export function dress(profile: Profile, condition: Condition, forced?: number): DressedError {
  const row = profile.errors[condition.name];
  if (!row) throw new Error(`profile ${profile.name} has no row for the condition ${condition.name}`);
  const status = forced ?? row.status;
  const all: Record<ErrorKey, unknown> = {
    detail:
      row.detail === undefined
        ? `${condition.problem} ${condition.remedy}`
        : fill(row.detail, condition.parameters),
    error: status,
    errorCode: row.errorCode,
    parameters: condition.parameters,
    reason: STATUS_CODES[status],
  };
  return {
    status,
    errorCode: row.errorCode,
    body: Object.fromEntries((row.keys ?? profile.errorKeys).map((key) => [key, all[key]])),
    indented: row.indented === true,
  };
}

function fill(template: string, parameters: Condition['parameters']): string {
  let next = 0;
  return template.replace(/%s/g, () => String(parameters[next++] ?? ''));
}

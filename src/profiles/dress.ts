import { STATUS_CODES } from 'node:http';
import type { Condition } from './condition.js';
import type { ErrorKey, Profile } from './profile.js';

/**
 * Returns the error that a profile answers a condition with. Its body is undefined if there is none, not even an
 * envelope.
 *
 * @param forced the status, where it is not that of the row
 * @throws {Error} if the row's text has a `%s` without a parameter
 */
export function dress(profile: Profile, condition: Condition, forced?: number) {
  const row = condition.rows[profile.name];
  const status = forced ?? row.status;
  const all: Record<ErrorKey, unknown> = {
    detail:
      row.detail === undefined ? `${condition.problem} ${condition.remedy}` : fill(row.detail, condition),
    error: status,
    errorCode: row.errorCode,
    parameters: condition.parameters,
    reason: STATUS_CODES[status],
  };
  const shown: Readonly<Record<string, unknown>> = row.oauth
    ? { error_description: all.detail, error: row.errorCode }
    : Object.fromEntries((row.keys ?? profile.errorKeys).map((key) => [key, all[key]]));
  const { errorCode, indented = false } = row;
  return { status, errorCode, body: row.empty ? undefined : shown, indented };
}

function fill(template: string, { name, parameters }: Condition): string {
  let next = 0;
  return template.replace(/%s/g, () => {
    const value = parameters[next++];
    if (value === undefined) throw new Error(`the condition ${name} lacks a parameter of "${template}"`);
    return String(value);
  });
}

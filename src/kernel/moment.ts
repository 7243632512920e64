/**
 * Milliseconds since the epoch of a moment with its zone, such as `2026-01-31T09:00:00Z`; NaN if there is no such moment.
 */
export function parseMoment(text: string): number {
  const [, day] = /^(\d{4}-\d{2}-\d{2})T\d{2}:.*(?:Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  // Date.parse takes the 30th of February for the 2nd of March.
  const midnight = new Date(`${day ?? ''}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day ?? '');
  return exists ? Date.parse(text) : NaN;
}

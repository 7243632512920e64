/** A time of day with milliseconds, in UTC as the API has it. */
export const timeOfDay = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

/** A date and a time of day, in UTC as the API has it. */
export const moment = (ms: number): string =>
  new Date(ms).toISOString().replace('T', ' ').replace('Z', ' UTC');

/** The units of a duration, the largest first. */
const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** A duration in its largest unit, and the next one: `2 s`, `1 min 30 s`, `340 ms`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const index = UNITS.findIndex(([size]) => ms >= size);
  const [size, unit] = UNITS[index] ?? [1000, 's'];
  if (unit === 's') return `${Number((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`;
  const whole = Math.floor(ms / size);
  const [smaller, name] = UNITS[index + 1] ?? [1000, 's'];
  const rest = Math.floor((ms - whole * size) / smaller);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${name}`;
}

/** The end of an id, which is what differs. */
export const shortId = (id: string): string => (id.length > 8 ? `…${id.slice(-6)}` : id);

/** A count and what is counted. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** JSON with indentation; any other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

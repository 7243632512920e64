import type { Answer } from './recording.js';

/** How an answer differs from the recorded one, each difference in a line. */
export function compareAnswers(recorded: Answer, own: Answer): string[] {
  const found: string[] = [];
  if (recorded.status !== own.status) found.push(`status: ${recorded.status} → ${own.status}`);
  for (const name of union(recorded.headers, own.headers)) {
    found.push(...compareValues(`header ${name}`, recorded.headers[name], own.headers[name]));
  }
  if (recorded.layout !== own.layout) found.push(`layout: ${recorded.layout} → ${own.layout}`);
  return [...found, ...compareValues('body', recorded.body, own.body)];
}

function compareValues(at: string, recorded: unknown, own: unknown): string[] {
  if (recorded === undefined && own === undefined) return [];
  if (recorded === undefined) return [`${at}: only in the emulator: ${shown(own)}`];
  if (own === undefined) return [`${at}: only in the recording: ${shown(recorded)}`];
  const [type, ownType] = [typeOf(recorded), typeOf(own)];
  if (type !== ownType) return [`${at}: ${type} ${shown(recorded)} → ${ownType} ${shown(own)}`];
  if (Array.isArray(recorded) && Array.isArray(own)) {
    const length = Math.max(recorded.length, own.length);
    return Array.from({ length }, (_, index) =>
      compareValues(`${at}[${index}]`, recorded[index], own[index]),
    ).flat();
  }
  if (type === 'object') return compareObjects(at, recorded as object, own as object);
  return recorded === own ? [] : [`${at}: ${shown(recorded)} → ${shown(own)}`];
}

function compareObjects(at: string, recorded: object, own: object): string[] {
  const [keys, ownKeys] = [Object.keys(recorded), Object.keys(own)];
  const found = union(recorded, own).flatMap((key) =>
    compareValues(
      at === 'body' ? `body ${key}` : `${at}.${key}`,
      (recorded as Record<string, unknown>)[key],
      (own as Record<string, unknown>)[key],
    ),
  );
  const common = (all: readonly string[], others: readonly string[]): string =>
    all.filter((key) => others.includes(key)).join(', ');
  const [order, ownOrder] = [common(keys, ownKeys), common(ownKeys, keys)];
  return order === ownOrder ? found : [...found, `order of ${at}: ${order} → ${ownOrder}`];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function union(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

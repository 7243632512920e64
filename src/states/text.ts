import type { JsonText } from '../http/replies/replies.js';

/**
 * Placeholders in a stored text for what is known only when it is read. JSON text never contains a raw control
 * character, so neither can be mistaken for anything that a client sent.
 */
export const BASE_URL_MARK = '\u0001';
export const STATE_MARK = '\u0002';

/** A value that is JSON text already. */
export class Raw {
  constructor(readonly text: JsonText) {}
}

/** The state of an item, filled in when it is read. */
export const STATE = new Raw(`"${STATE_MARK}"`);

/** JSON of an object, its keys in alphabetical order. */
export function objectText(fields: Readonly<Record<string, unknown>>): JsonText {
  const members = Object.keys(fields)
    .sort()
    .map((key) => {
      const value = fields[key];
      return `${JSON.stringify(key)}:${value instanceof Raw ? value.text : JSON.stringify(value)}`;
    });
  return `{${members.join(',')}}`;
}

/**
 * Replaces the marks in texts of items, in one pass.
 *
 * @param texts one or more, with anything between them
 * @param states of each, in their order
 */
export function render(texts: JsonText, states: readonly string[], baseUrl: string): JsonText {
  const [first = '', ...rest] = texts.split(STATE_MARK);
  const withStates = first + rest.map((text, index) => (states[index] ?? '') + text).join('');
  // As it appears inside a JSON string.
  const address = JSON.stringify(baseUrl).slice(1, -1);
  return withStates.replaceAll(BASE_URL_MARK, () => address);
}

import type { JsonText } from '../http/replies/replies.js';

/**
 * Placeholders in the JSON of an item: for its state, which the store fills in, and for the address of the emulator, which
 * is known only when an item is read. JSON text never contains a raw control character, so neither can be mistaken for
 * anything that a client sent.
 */
export const BASE_URL_MARK = '\u0001';
export const STATE_MARK = '\u0002';

/** A value that is JSON text already. */
export class Raw {
  constructor(readonly text: JsonText) {}
}

/** The state of an item. */
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

/** Fills in the state of an item. */
export function fillState(text: JsonText, state: string): JsonText {
  return text.replaceAll(STATE_MARK, () => state);
}

/** Fills in the address in the texts of items. */
export function fillAddress(texts: JsonText, baseUrl: string): JsonText {
  // Only links have it.
  if (!texts.includes(BASE_URL_MARK)) return texts;
  // As it appears inside a JSON string.
  const address = JSON.stringify(baseUrl).slice(1, -1);
  return texts.replaceAll(BASE_URL_MARK, () => address);
}

import { asciiUpperCase } from '../../kernel/ascii.js';
import { API_PREFIX } from '../../http/paths.js';
import type { JsonText } from '../../http/replies/answer.js';
import type { ComputedFields } from './computed.js';
import { DEFAULT_VENDOR } from './rules.js';
import type { SentFields } from './schema.js';

/**
 * Stand-ins in a stored text for what is known only when it is read. JSON text never holds a control character
 * as such, so neither can be mistaken for anything that a client sent.
 */
export const BASE_URL_MARK = '\u0001';
export const STATE_MARK = '\u0002';

/** A value that is JSON text already. */
class Raw {
  constructor(readonly text: JsonText) {}
}

/** What a link shows beside what was sent. */
export interface Shown {
  readonly id: string;
  readonly projectId: string;
  readonly showsLinks: boolean;
  readonly computed: ComputedFields;
  readonly errorMessage: string | undefined;
}

/**
 * A link as GET shows it, its state and the address of its links left open (see the marks). Keys are in
 * alphabetical order: the source page's order, and the recorded one.
 */
export function representationText(sent: SentFields, shown: Shown): JsonText {
  const self = `${BASE_URL_MARK}${API_PREFIX}/groups/${shown.projectId}/streams/privateLinkConnections/${shown.id}`;
  return textOf({
    ...shown.computed,
    ...sent,
    _id: shown.id,
    ...(shown.errorMessage !== undefined && { errorMessage: shown.errorMessage }),
    ...(shown.showsLinks && { links: new Raw(`[{"href":"${self}","rel":"self"}]`) }),
    provider: asciiUpperCase(sent.provider),
    state: new Raw(`"${STATE_MARK}"`),
    vendor: sent.vendor ?? DEFAULT_VENDOR,
  });
}

/**
 * Texts of links with their marks filled in.
 *
 * @param texts one or more, whatever stands between them
 * @param states of each, in their order
 */
export function filled(texts: JsonText, states: readonly string[], baseUrl: string): JsonText {
  const [first = '', ...rest] = texts.split(STATE_MARK);
  const withStates = first + rest.map((text, index) => (states[index] ?? '') + text).join('');
  // As it stands inside a JSON string.
  const address = JSON.stringify(baseUrl).slice(1, -1);
  return withStates.replaceAll(BASE_URL_MARK, () => address);
}

/** What was sent, and the id: the recorded answer of a create. */
export function echoText(sent: SentFields, id: string): JsonText {
  return textOf({ ...sent, _id: id });
}

function textOf(fields: Record<string, unknown>): JsonText {
  const members = Object.keys(fields)
    .sort()
    .map((key) => {
      const value = fields[key];
      return `${JSON.stringify(key)}:${value instanceof Raw ? value.text : JSON.stringify(value)}`;
    });
  return `{${members.join(',')}}`;
}

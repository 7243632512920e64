import { unescape } from 'node:querystring';

/** Replaces a secret. */
export const REMOVED = '[removed]';

/** Redacted headers. */
export type RedactedHeaders = Readonly<Record<string, string>>;

/** What the name of a secret contains. */
const WORDS = 'secret|token|passw|pwd|credential|(?:private|api|access)[-_]?key';
const SECRET_NAME = new RegExp(WORDS, 'i');
const SECRET_HEADER = new RegExp(`cookie|${WORDS}`, 'i');

/** In broken JSON, the name of a secret member or of a query parameter, or an escaped ASCII character, which can be part of one. */
const SECRET_MEMBER = new RegExp(String.raw`(?:${WORDS})[^:,]{0,40}[:=]|\\u00[2-7]`, 'i');

/** What a form of the token endpoints may hold beside secrets. */
const OPEN_FIELD =
  /^(?:grant_type=(?:client_credentials|password|refresh_token|authorization_code)$|(?:client_id|scope|token_type_hint)=)/;

/** A private key, a client secret or a token, sent where a name belongs. */
const LOOKS_SECRET = /^(?:mdb_(?:sa_sk|at)_|[0-9a-f]{8}-[0-9a-f]{4}-)/i;

/** A client secret or a token, or the user of an address, wherever it stands, also with escapes. */
const SECRET_TEXT = /mdb(?:_|%5f)(?:sa(?:_|%5f)sk|at)(?:_|%5f)[\w.~%-]+|(?<=\/\/)[^\s/?#"\\]+(?=@)/gi;

/** Redacts what has the form of a secret in any text, such as a path or a message. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, REMOVED);
}

/** Redacts headers; of credentials the scheme and the user remain. */
export function redactHeaders(
  headers: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): RedactedHeaders {
  const redacted: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) redacted[name] = redactHeader(name, [value].flat().join(', '));
  }
  return redacted;
}

function redactHeader(name: string, text: string): string {
  if (name === 'authorization' || name === 'proxy-authorization') return redactCredentials(text);
  if (SECRET_HEADER.test(name)) return REMOVED;
  return text.includes('?') ? redactTarget(text) : redactText(text);
}

/** Scheme and user of an `Authorization` header, such as `Digest owner1`. */
function redactCredentials(header: string): string {
  const [, scheme = '', rest = ''] = /^\s*(digest|basic|bearer)\b(.*)$/is.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'digest':
      return `${scheme} ${redactName(/username\s*=\s*"?([^",\s]+)/i.exec(rest)?.[1])}`;
    case 'basic':
      return `${scheme} ${redactName(/^([^:]+):/.exec(Buffer.from(rest.trim(), 'base64').toString())?.[1])}`;
    case 'bearer':
      return scheme;
    default:
      return REMOVED;
  }
}

/** Redacts a request target or another address. */
export function redactTarget(target: string): string {
  return redactText(target).replace(/[^&#]+/g, (part) => {
    for (const { 0: start, 1: name = '', index } of part.matchAll(/(?<![^=?/;])([^=?/;]+)=/g)) {
      if (SECRET_NAME.test(unescape(name))) return part.slice(0, index + start.length) + REMOVED;
    }
    return part;
  });
}

/** Redacts the members of JSON whose names say that they are secret, and the addresses in it. */
export function redactJson(json: string): string {
  const text = redactText(json);
  // Nearly no text has one.
  if (!SECRET_NAME.test(text) && !text.includes('\\u')) return text;
  try {
    let found = false as boolean;
    const redacted = JSON.stringify(JSON.parse(text), (name, value: unknown) => {
      const isAddress = typeof value === 'string' && /^https?:\/\//.test(value);
      const shown = SECRET_NAME.test(name) ? REMOVED : isAddress ? redactTarget(value) : value;
      found ||= shown !== value;
      return shown;
    });
    return found ? redacted : text;
  } catch {
    // Cut off, no JSON at all, or too deep to be written: nothing from the first such name on is shown.
    const start = text.search(SECRET_MEMBER);
    return start < 0 ? text : text.slice(0, start) + REMOVED;
  }
}

/** Redacts a form of the token endpoints: only fields that hold no secret remain. */
export function redactForm(form: URLSearchParams): string {
  const fields = [...form].map(([name, value]) => {
    const isOpen = OPEN_FIELD.test(`${name}=${value}`) && redactText(redactName(value)) === value;
    return `${encodeURIComponent(name)}=${isOpen ? encodeURIComponent(value) : REMOVED}`;
  });
  return fields.join('&');
}

function redactName(name: string | undefined): string {
  return name === undefined || LOOKS_SECRET.test(name) ? REMOVED : name;
}

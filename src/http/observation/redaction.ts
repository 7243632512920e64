/** What stands where a secret was. */
export const REMOVED = '[removed]';

/** Headers as they are shown, without secrets. */
export type ShownHeaders = Readonly<Record<string, string>>;

/** What the name of a secret has in it. */
const WORDS = 'secret|token|passw|pwd|credential|(?:private|api|access)[-_]?key';
const SECRET_NAME = new RegExp(WORDS, 'i');
const SECRET_HEADER = new RegExp(`cookie|${WORDS}`, 'i');

/** A member of what is no whole JSON; a value in brackets has no end that could be found. */
const SECRET_MEMBER = new RegExp(
  String.raw`((["']?)[\w-]{0,40}(?:${WORDS})[\w-]{0,40}\2\s*:\s*)` +
    String.raw`(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[[{].*|[^\s,}\]]+)`,
  'gis',
);

/** What a form of the token endpoints may hold beside secrets. */
const OPEN_FIELDS = new Set(['grant_type', 'client_id', 'scope', 'token_type_hint']);

/** A private key, a client secret or a token, sent where a name belongs. */
const LOOKS_SECRET = /^(?:mdb_(?:sa_sk|at)_|[0-9a-f]{8}-[0-9a-f]{4}-)/i;

/** Headers without secrets; of credentials the scheme and the user are shown. */
export function shownHeaders(
  headers: Readonly<Record<string, string | number | readonly string[] | undefined>>,
): ShownHeaders {
  const shown: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    const text = typeof value === 'object' ? value.join(', ') : String(value);
    shown[name] =
      name === 'authorization' || name === 'proxy-authorization'
        ? shownCredentials(text)
        : SECRET_HEADER.test(name)
          ? REMOVED
          : text.includes('?')
            ? shownTarget(text)
            : text;
  }
  return shown;
}

/** Scheme and user of an `Authorization` header, such as `Digest owner1`. */
export function shownCredentials(header: string): string {
  const [, scheme = '', rest = ''] = /^\s*(digest|basic|bearer)\b\s*(.*)$/is.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'digest':
      return `${scheme} ${shownName(/username\s*=\s*"?([^",\s]+)/i.exec(rest)?.[1])}`;
    case 'basic':
      return `${scheme} ${shownName(/^([^:]+):/.exec(Buffer.from(rest.trim(), 'base64').toString())?.[1])}`;
    case 'bearer':
      return scheme;
    default:
      return REMOVED;
  }
}

/** A request target, or another address, without secrets in its query. */
export function shownTarget(target: string): string {
  let shown = '';
  let from = 0;
  for (const { 0: start, 1: name = '', index } of target.matchAll(/([^=&#?/;]+)=/g)) {
    // Not one that is part of a secret itself.
    if (index < from || !SECRET_NAME.test(decoded(name))) continue;
    const value = index + start.length;
    const length = target.slice(value).search(/[&#]/);
    shown += target.slice(from, value) + REMOVED;
    from = length < 0 ? target.length : value + length;
  }
  return shown + target.slice(from);
}

/** JSON, whole or cut off, without the values of members whose names say that they are secret. */
export function shownJson(text: string): string {
  // Nearly no text has one.
  if (!SECRET_NAME.test(text) && !text.includes('\\u')) return text;
  try {
    let found = false as boolean;
    const shown = JSON.stringify(JSON.parse(text), (name, value: unknown) => {
      if (!SECRET_NAME.test(name)) return value;
      found = true;
      return REMOVED;
    });
    return found ? shown : text;
  } catch {
    // Cut off, no JSON at all, or too deep to be written.
    return withoutEscapes(text).replace(SECRET_MEMBER, `$1"${REMOVED}"`);
  }
}

/** Letters that a name may have been spelled with: `\u0073ecret`. */
function withoutEscapes(text: string): string {
  return text.replace(/\\u00([2-7][0-9a-f])/gi, (escape, code: string) => {
    const letter = String.fromCharCode(parseInt(code, 16));
    return /[\w-]/.test(letter) ? letter : escape;
  });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A form of the token endpoints, without the values of fields that may be secret. */
export function shownForm(form: URLSearchParams): string {
  return [...form]
    .map(([name, value]) =>
      OPEN_FIELDS.has(name) && shownName(value) !== REMOVED
        ? `${name}=${encodeURIComponent(value)}`
        : `${encodeURIComponent(name)}=${REMOVED}`,
    )
    .join('&');
}

function shownName(name: string | undefined): string {
  return name === undefined || LOOKS_SECRET.test(name) ? REMOVED : name;
}

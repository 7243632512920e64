/** What stands where a secret was. */
export const REMOVED = '[removed]';

/** Headers as they are shown, without secrets. */
export type ShownHeaders = Readonly<Record<string, string>>;

const SECRET_HEADER = /cookie|secret|token|password|api-?key/i;

/** Names of members and parameters that hold secrets. Looked for first, since nearly no text has one. */
const SECRET_NAME = /secret|token|password|private_?key/i;
const SECRET_MEMBER =
  /("[\w-]{0,40}(?:secret|token|password|private_?key)[\w-]{0,40}"\s*:\s*)"(?:\\.|[^"\\])*"?/gi;
const SECRET_PARAMETER = /([\w-]{0,40}(?:secret|token|password|private_?key)[\w-]{0,40}=)[^&#]*/gi;

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

/** A request target without secrets in its query. */
export function shownTarget(target: string): string {
  return SECRET_NAME.test(target) ? target.replace(SECRET_PARAMETER, `$1${REMOVED}`) : target;
}

/** JSON, whole or cut off, without the values of members whose names say that they are secret. */
export function shownJson(text: string): string {
  return SECRET_NAME.test(text) ? text.replace(SECRET_MEMBER, `$1"${REMOVED}"`) : text;
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

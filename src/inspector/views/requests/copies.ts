import type { NewFault, RequestReport } from '../../../client/types.generated.js';

/** Headers that curl or the variables write. */
const OWN_HEADERS = [
  'host',
  'connection',
  'content-length',
  'user-agent',
  'authorization',
  'accept-encoding',
  'transfer-encoding',
  'expect',
];

/** A token for the service account of the variables of `env curl`. */
const TOKEN =
  '$(curl -s -u "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" -d grant_type=client_credentials ' +
  `"$BASE_URL/api/oauth/token" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;

/** A text in single quotes of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A text in double quotes of a POSIX shell, in which only the given variables are expanded. */
const doubleQuoted = (text: string): string => `"${text.replace(/[\\"$`]/g, String.raw`\$&`)}"`;

/** A body: that of a token endpoint has variables in place of what was redacted. */
function dataOf(body: string): string {
  if (!/^[^{[]*=\[removed\]/.test(body)) return quoted(body);
  return doubleQuoted(body)
    .replace(/client_id=[^&"]*/, 'client_id=${MONGODB_ATLAS_CLIENT_ID}')
    .replace('client_secret=[removed]', 'client_secret=${MONGODB_ATLAS_CLIENT_SECRET}')
    .replace('token=[removed]', () => `token=${TOKEN}`);
}

/** A curl command that sends the request again, with the variables of `atlas-streams-emulator env curl`. */
export function asCurl({ method, path, project, request }: RequestReport): string {
  const { headers, body } = request;
  const [scheme = ''] = (headers.authorization ?? '').toLowerCase().split(' ');
  const target = doubleQuoted(path);
  const url = project === undefined ? target : target.replaceAll(`/${project}`, '/${GROUP_ID}');
  // With --request HEAD, curl would wait for a body.
  const verb = method === 'HEAD' ? '--head' : `--include --request ${method}`;
  const lines = [`curl ${verb} "\${BASE_URL}${url.slice(1)}`];
  if (scheme === 'digest') lines.push('--digest --user "${PUBLIC_KEY}:${PRIVATE_KEY}"');
  if (scheme === 'basic') lines.push('--user "${MONGODB_ATLAS_CLIENT_ID}:${MONGODB_ATLAS_CLIENT_SECRET}"');
  if (scheme === 'bearer') lines.push(`--header "Authorization: Bearer ${TOKEN}"`);
  for (const [name, value] of Object.entries(headers)) {
    if (!OWN_HEADERS.includes(name)) lines.push(`--header ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== undefined && body !== '') lines.push(`--data-raw ${dataOf(body)}`);
  return lines.join(' \\\n  ');
}

/** The rule that answers such a request as it was answered, once. */
export function asFaultRule(report: RequestReport): string {
  return JSON.stringify(faultFrom(report), null, 2);
}

/** A fault rule for the next request of this kind: with the same answer, or a 503 where it succeeded. */
function faultFrom({ operation, method, path, status, response }: RequestReport): NewFault {
  const by = operation === undefined ? { path: path.split('?')[0] ?? path } : { operation };
  const known = ['GET', 'POST', 'PATCH', 'DELETE'].find((one) => one === method);
  const match = { ...by, ...(known !== undefined && { method: known }) } as NonNullable<NewFault['match']>;
  if (status === 0) return { match, times: 1, drop: 'before' };
  if (status < 400) return { match, times: 1, answer: { status: 503 } };
  const body = response.body === undefined ? undefined : parsed(response.body);
  return { match, times: 1, answer: { status, ...(body !== undefined && { body }) } };
}

/** An assertion for a test, with the library and vitest. */
export function asAssertion({ operation, method, path, status, project, request }: RequestReport): string {
  const body = request.body === undefined || request.truncated ? undefined : parsed(request.body);
  const isForm = typeof body === 'string';
  const matcher = {
    ...(operation === undefined ? { method, path: path.split('?')[0] } : { operation }),
    status,
    ...(body !== undefined && !isForm && { body }),
  };
  const scope = project === undefined ? 'emulator' : 'project';
  const text = JSON.stringify(matcher, null, 2).replace(/"(\w{1,60})": /g, '$1: ');
  return `expect(await ${scope}.requests.count(${text})).toBe(1);`;
}

/** The value of JSON; any other text as it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

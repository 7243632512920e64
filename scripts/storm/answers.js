import { STATUS_CODES } from 'node:http';

/** Parses what came back on a connection. @param methods of the requests, in order */
export function answersIn(bytes, methods) {
  const answers = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at, 'latin1');
    if (end < 0) throw new Error(`no head: ${shown(bytes.subarray(at))}`);
    const [line, ...fields] = bytes.toString('latin1', at, end).split('\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/.exec(line) ?? [];
    if (status === undefined) throw new Error(`no status line: ${shown(bytes.subarray(at))}`);
    const headers = new Map();
    for (const field of fields) {
      const [, name, value] = /^([\w-]+): ?([^\r\n]*)$/.exec(field) ?? [];
      if (name === undefined) throw new Error(`no header: ${field}`);
      headers.set(name.toLowerCase(), value);
    }
    const answer = { status: Number(status), headers, body: Buffer.alloc(0), whole: true };
    at = end + 4;
    if (answer.status < 200) continue;
    const method = methods[answers.length];
    answers.push(answer);
    // Where the method is not certain, the bytes tell.
    const isNext = at === bytes.length || bytes.toString('latin1', at, at + 9) === 'HTTP/1.1 ';
    const isHead = method === 'HEAD' || (method === undefined && isNext);
    if (isHead || answer.status === 204 || answer.status === 304) continue;
    if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) at = readChunks(bytes, at, answer);
    else {
      const length = Number(headers.get('content-length') ?? bytes.length - at);
      answer.body = bytes.subarray(at, at + length);
      answer.whole = answer.body.length === length;
      at += length;
    }
  }
  return answers;
}

function readChunks(bytes, from, answer) {
  const parts = [];
  let at = from;
  for (;;) {
    const end = bytes.indexOf('\r\n', at, 'latin1');
    const size = end < 0 ? NaN : parseInt(bytes.toString('latin1', at, end), 16);
    if (Number.isNaN(size) || end + 4 + size > bytes.length) answer.whole = false;
    if (!answer.whole || size === 0) {
      answer.body = Buffer.concat(parts);
      return answer.whole ? end + 4 : bytes.length;
    }
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

const ATLAS_KEYS = new Set([
  'error,detail,reason,errorCode',
  'detail,error,errorCode,parameters,reason',
  'error,reason,detail,errorCode',
]);

/** The APIs, and the form of the body of an error in each. */
const FORMS = {
  atlas: (body, status) =>
    ATLAS_KEYS.has(Object.keys(body).join()) &&
    body.error === status &&
    body.reason === STATUS_CODES[status] &&
    /^[A-Z0-9_]+$/.test(body.errorCode),
  control: (body, status) =>
    /^error,reason,detail(?:,requests)?$/.test(Object.keys(body).join()) &&
    body.error === status &&
    body.reason === STATUS_CODES[status] &&
    typeof body.detail === 'string',
  token: (body) => Object.keys(body).join() === 'error_description,error' && /^[a-z_]+$/.test(body.error),
};

/** What is wrong with an answer to a request; undefined if nothing is. */
export function problemOf(request, answer) {
  const { status, headers, body, whole } = answer;
  const reason = headers.get('x-emulator-reason') ?? '';
  // A fault rule of the storm marks its answers.
  if (headers.has('x-asked')) return undefined;
  if (/event-stream/.test(headers.get('content-type'))) return undefined;
  if (!whole) return request.mayBeCut ? undefined : 'the answer is cut';
  const isUnemulated = status === 501 && / the emulator does not\b/.test(reason);
  if (status >= 500 && !request.asks5xx && !isUnemulated) return 'a 5xx that was not asked for';
  for (const secret of request.secrets) if (reason.includes(secret)) return 'a secret in the reason';
  if (request.method === 'HEAD' || status === 204 || (request.method === undefined && body.length === 0))
    return undefined;
  const isJson = /json/.test(headers.get('content-type') ?? '');
  if (status < 400) return isJson ? jsonProblem(body) : undefined;
  return formProblem(request, status, body);
}

function jsonProblem(body) {
  try {
    JSON.parse(body);
  } catch {
    return 'the answer is not JSON';
  }
  return undefined;
}

function formProblem({ api, asks5xx, path }, status, body) {
  // The documentation page's own bodies, as they are.
  if (asks5xx) return undefined;
  // Some observed errors have none (recorded).
  if (body.length === 0) return api === 'atlas' || api === 'any' ? undefined : 'the error has no body';
  let parsed;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'the error is not JSON';
  }
  const content = Object.keys(parsed).join() === 'status,content' ? parsed.content : parsed;
  // Errors of the path and of limits have Atlas's form at the token endpoints.
  const isPlain = api === 'token' && [404, 405, 429].includes(status);
  const forms = api === 'any' ? Object.values(FORMS) : [FORMS[isPlain ? 'atlas' : api]];
  return forms.some((fits) => fits(content, status))
    ? undefined
    : `not the form of an error of ${api} (${path})`;
}

/** Bytes as a string of JSON, at most 1,500 characters of it. */
export function shown(bytes, most = 1500) {
  const text = JSON.stringify(bytes.toString('latin1'));
  return text.length > most ? `${text.slice(0, most)}… (${bytes.length} bytes)` : text;
}

import type { Caller, Request, Response } from './caller.js';
import type { Names } from './names.js';
import type { Answer, Call } from './recording.js';

/** The version that calls request, unless they are about versions: the newest of every operation here. */
const ACCEPT = 'application/vnd.atlas.2025-03-12+json';

/** The request of a call; undefined if it is about a link that was not created. */
export function requestOf(
  { method, path, accept = ACCEPT, type, body, needs }: Call,
  names: Names,
): Request | undefined {
  if (needs !== undefined && names.get(needs) === undefined) return undefined;
  const target = names.fill(path);
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const content = text === undefined ? undefined : names.fill(text);
  if (target === undefined || (text !== undefined && content === undefined)) return undefined;
  return {
    method,
    path: target,
    headers: { accept, ...(text !== undefined && { 'content-type': type ?? 'application/json' }) },
    ...(content !== undefined && { body: content }),
  };
}

/** Makes a call, and hides what the answer has of others than the links and the project of the run. */
export async function send(
  call: Call,
  request: Request,
  caller: Caller,
  names: Names,
  own: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<{ response: Response; answer: Answer }> {
  const response = await caller.send(request, call.as as 'caller' | undefined, signal);
  return { response, answer: names.hide(response, (body) => withoutOthers(body, own)) };
}

/** What an answer says of the user's project, as it is of a new one. */
const OF_PROJECT: Readonly<Record<string, unknown>> = {
  clusterCount: 0,
  tags: [],
  withDefaultAlertsSettings: true,
};

/** An answer as it would be in a project without others, and without what is the user's own. */
function withoutOthers(body: unknown, own: ReadonlySet<string>): unknown {
  if (typeof body !== 'object' || body === null) return body;
  if ('content' in body) return { ...body, content: withoutOthers(body.content, own) };
  if ('clusterCount' in body) {
    return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, OF_PROJECT[key] ?? value]));
  }
  const { results, links } = body as { results?: unknown; links?: unknown };
  if (!Array.isArray(results)) return body;
  const kept = (results as Partial<Record<'_id' | 'id', string>>[]).filter(({ _id, id }) =>
    own.has(_id ?? id ?? ''),
  );
  if (kept.length === results.length) return body;
  const others = Array.isArray(links)
    ? (links as { rel?: string }[]).filter(({ rel }) => rel === 'self')
    : links;
  return { ...body, links: others, results: kept, totalCount: kept.length };
}

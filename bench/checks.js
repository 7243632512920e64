// After each run: does the emulator still say what it did? A fast answer of which the journal knows nothing is a fault.
import { ask, linksOf, PROFILES, send } from './servers.js';

const LOOKED_AT = 20;

function demand(holds, what, found) {
  if (!holds) throw new Error(`after the load, ${what}: ${JSON.stringify(found).slice(0, 1000)}`);
}

/** The number of the last event. */
export async function lastEvent(server) {
  return (await ask('GET', `${server.url}/_emulator/requests?limit=1`)).last;
}

/**
 * Checks the journal, the event stream, and the reason of a refusal.
 *
 * @param run the profile, the `answers` that may occur, the number of `requests`, and the last event `before` them
 */
export async function check(server, profileName, { answers, requests, before, plan }) {
  const profile = PROFILES[profileName];
  const secrets = [...server.tokens[profileName], profile.key[1], profile.client[1]];
  const { requests: entries, last } = await ask('GET', `${server.url}/_emulator/requests?limit=${LOOKED_AT}`);
  demand(last >= before + requests, `there are fewer events than the ${requests} requests`, { before, last });
  demand(entries.length === LOOKED_AT, 'the journal lacks requests', entries);
  for (const entry of entries) {
    const { operation, status, caller, method, path, request, response, refusal } = entry;
    demand(
      answers.some(([id, ...statuses]) => id === operation && statuses.includes(status)),
      'another answer',
      entry,
    );
    demand(
      path.startsWith(linksOf(profile.project)) || plan.create?.paths.includes(path),
      'another path',
      entry,
    );
    const names = [profile.key[0], profile.client[0]];
    demand(status === 401 || names.includes(caller), 'the caller is missing', entry);
    demand(status < 400 || refusal?.rule, 'a refusal has no rule', entry);
    demand(status === 401 || /^(Bearer|Digest)/.test(request.headers.authorization), 'no scheme', entry);
    demand(response.truncated || typeof JSON.parse(response.body) === 'object', 'no answer', entry);
    demand(method !== 'POST' || JSON.parse(request.body).provider === 'AZURE', 'no body', entry);
  }
  const text = JSON.stringify(entries);
  demand(!secrets.some((secret) => text.includes(secret)), 'a secret is shown', {});
  await checkEvents(server, entries, answers);
  await checkReason(server, profile, secrets);
}

/** The stream has an event for each of the last requests, with the same line. */
async function checkEvents(server, entries, answers) {
  const stop = new AbortController();
  const [{ seq: first }] = entries;
  const stream = await fetch(`${server.url}/_emulator/events?since=${first - 1}`, { signal: stop.signal });
  let text = '';
  const finished = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((event) => {
        const data = /^event: request\.finished\ndata: (.*)$/m.exec(event)?.[1];
        return data ? [JSON.parse(data)] : [];
      });
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (finished().length >= entries.length) break;
  }
  stop.abort();
  const events = new Map(finished().map((event) => [event.seq, event.data]));
  for (const { seq, operation, status } of entries)
    demand(
      events.get(seq)?.operation === operation && events.get(seq).status === status,
      'the event stream lacks a request',
      { seq, found: events.get(seq), answers },
    );
}

/** A refused request has its reason in a header, and in the journal. */
async function checkReason(server, { project }, [token]) {
  const absent = `${linksOf(project)}/${'f'.repeat(24)}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.atlas.2023-02-01+json' };
  const { status, headers: answered } = await send('GET', server.url + absent, { headers });
  demand(status === 404 && answered['x-emulator-reason'], 'a refusal has no reason', { status, answered });
  const { requests } = await ask('GET', `${server.url}/_emulator/requests/refused?limit=1`);
  demand(requests[0]?.path === absent && requests[0].refusal.remedy, 'the journal lacks a refusal', requests);
}

// What a client does in the run that the screenshots show.
import { readFileSync } from 'node:fs';
import DigestClient from 'digest-fetch';

const LINKS = '/streams/privateLinkConnections';
const ACCEPT = 'application/vnd.atlas.2024-05-30+json';

/** The projects of the default fixture. */
export const DOCUMENTED = '32b6e34b3d91647abb20e7b8';
export const OBSERVED = '32b6e34b3d91647abb20e7b9';

/** A valid body of fixtures/requests, with other values of some fields. */
const body = (name, fields) => ({
  ...JSON.parse(readFileSync(new URL(`../../fixtures/requests/${name}.json`, import.meta.url), 'utf8')),
  ...fields,
});
const s3 = (region, number) =>
  body('aws-s3', { region, serviceEndpointId: `com.amazonaws.${region}.s3.${number}` });

/** Calls the control API. */
export async function control(url, method, path, body) {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${url}/_emulator${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** A client with the token of a service account. */
async function bearer(url, client) {
  const authorization = `Basic ${Buffer.from(client).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const issued = await fetch(`${url}/api/oauth/token`, { method: 'POST', headers: { authorization }, body });
  const { access_token: token } = await issued.json();
  return (path, init = {}) =>
    fetch(`${url}/api/atlas/v2${path}`, {
      ...init,
      headers: {
        ...{ accept: ACCEPT, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...init.headers,
      },
    });
}

const post = (body) => ({ method: 'POST', body: JSON.stringify(body) });

/** Freezes the clocks at the time of the run. */
export const freeze = (url) => control(url, 'POST', '/clock/freeze');

/** Runs the client. The clocks are frozen, so that each run is the same. */
export async function runScenario(url) {
  const advance = (project, by) => control(url, 'POST', `/projects/${project}/clock/advance`, { by });

  // Links of the observed project: one is held, one fails, one is being deleted.
  await control(url, 'PATCH', `/projects/${OBSERVED}`, { durations: { idleMs: 4000, workingMs: 20_000 } });
  const terraform = await bearer(url, 'mdb_sa_id_000000000000000000000012:mdb_sa_sk_owner2');
  const observed = `/groups/${OBSERVED}${LINKS}`;
  const made = [];
  for (const sent of [body('aws-s3'), body('azure-eventhub')]) {
    const created = await terraform(observed, post(sent));
    if (created.status !== 200) throw new Error(await created.text());
    made.push((await created.json())._id);
    await advance(OBSERVED, 3000);
  }
  await terraform(`${observed}/${made[0]}`);
  await control(url, 'POST', `/projects/${OBSERVED}/private-links/${made[0]}/hold`);
  await advance(OBSERVED, 6000);
  await terraform(`${observed}/${made[1]}`);
  await terraform(`/groups/${OBSERVED}/streams/instances`);

  // The documented project: a client that polls 14 times, and stops 200 ms before DONE.
  const project = `/groups/${DOCUMENTED}`;
  const links = project + LINKS;
  const digest = new DigestClient('owner1', '00000000-0000-4000-8000-000000000011');
  const sent = { headers: { accept: ACCEPT, 'content-type': 'application/json' } };
  const byDigest = (path, init = {}) => digest.fetch(`${url}/api/atlas/v2${path}`, { ...sent, ...init });
  const first = await (await byDigest(links, post(body('aws-confluent')))).json();
  const app = await bearer(url, 'mdb_sa_id_000000000000000000000011:mdb_sa_sk_owner1');
  await advance(DOCUMENTED, 110);
  for (let poll = 0; poll < 14; poll += 1) {
    await app(`${links}/${first._id}`);
    await advance(DOCUMENTED, poll < 13 ? 130 : 200);
  }
  await advance(DOCUMENTED, 900);

  // Refusals, and requests that are answered and wrong.
  await app(`${links}?itemPerPage=5`);
  await app(links, post({ provider: 'AWS', vendor: 'S4', region: 'us-east-1' }));
  await app(links, post(body('aws-confluent')));
  await app(links, { headers: { accept: 'application/json' } });
  const reader = await bearer(url, 'mdb_sa_id_000000000000000000000031:mdb_sa_sk_reader1');
  await reader(links, post(body('aws-msk')));
  const stranger = new DigestClient('owner1', 'not-the-key');
  await stranger.fetch(`${url}/api/atlas/v2${links}`, { ...sent, ...post(s3('us-west-2', 1)) });
  await advance(DOCUMENTED, 400);

  // A lost response makes a client create a second link.
  const scope = `/projects/${DOCUMENTED}`;
  const match = { operation: 'createGroupStreamPrivateLinkConnection' };
  await control(url, 'POST', `${scope}/faults`, { id: 'lost-response', match, times: 1, drop: 'after' });
  await control(url, 'POST', `${scope}/faults`, {
    ...{ id: 'busy', match: { operation: 'listGroupStreamPrivateLinkConnections' } },
    ...{ times: 5, skip: 1, rateLimit: { retryAfterS: 2 } },
  });
  await app(links, post(s3('us-west-2', 1))).catch(() => undefined);
  await advance(DOCUMENTED, 300);
  const again = await (await app(links, post(s3('us-west-2', 2)))).json();
  await app(links);
  await app(links);
  await advance(DOCUMENTED, 2600);
  await app(`${links}/${again._id}`);

  // A link that fails, one that is deleted, and two that are still PENDING.
  await control(url, 'POST', `${scope}/private-link-rules`, {
    ...{ match: { vendor: 'MSK' }, times: 2, fail: 'The endpoint service refused.' },
  });
  await app(links, post(body('aws-msk')));
  const gone = await (await app(links, post(body('aws-lambda')))).json();
  await advance(DOCUMENTED, 700);
  await app(`${links}/${gone._id}`, { method: 'DELETE' });
  await app(links, post(body('aws-kinesis')));
  await advance(DOCUMENTED, 500);
  const last = await (await app(links, post(body('aws-generic')))).json();
  await advance(DOCUMENTED, 300);
  await app(`${links}/${last._id}`);
  await app(`${project}/streams/accountDetails?cloudProvider=aws&regionName=US_EAST_1`, {
    headers: { accept: 'application/vnd.atlas.2024-11-13+json' },
  });
  const { requests } = await control(url, 'GET', '/requests/lines?limit=1000');
  const refused = requests.find(({ refusal }) => refusal?.name === 'unknownVendor').seq;
  return { link: first._id, refused };
}

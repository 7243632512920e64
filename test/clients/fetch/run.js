// A service account with Node's built-in fetch.
import { checks } from '../support/checks.js';
import { life } from '../support/life.js';

const { BASE_URL, MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET } = process.env;
const { check, end } = checks();
const basic = `Basic ${btoa(`${MONGODB_ATLAS_CLIENT_ID}:${MONGODB_ATLAS_CLIENT_SECRET}`)}`;

const form = (path, fields, authorization = basic) =>
  fetch(`${BASE_URL}/api/oauth/${path}`, {
    method: 'POST',
    headers: { Authorization: authorization },
    body: new URLSearchParams(fields),
  });

const grant = await (await form('token', { grant_type: 'client_credentials' })).json();
check('token: a bearer token for an hour', grant.token_type === 'Bearer' && grant.expires_in === 3600, grant);

const send = await life(check, async (method, url, headers, body) => {
  const authorization = `Bearer ${grant.access_token}`;
  const response = await fetch(url, {
    method,
    headers: { ...headers, authorization },
    ...(body && { body }),
  });
  return { status: response.status, text: await response.text() };
});

const revoked = await form('revoke', { token: grant.access_token });
check('revoke: 200', revoked.status === 200, revoked.status);
const after = await send('GET', `${BASE_URL}/api/atlas/v2/groups`);
check('a revoked token: 401', after.status === 401, after);
const wrong = await form('token', { grant_type: 'client_credentials' }, `Basic ${btoa('mdb_sa_id_x:wrong')}`);
check('a wrong secret: 401', wrong.status === 401, wrong.status);
end();

// A service account with axios, which throws an error on each status from 400 on unless it is asked not to.
import axios from 'axios';
import { checks } from '../support/checks.js';
import { life, LINKS } from '../support/life.js';

const { BASE_URL, MONGODB_ATLAS_CLIENT_ID: username, MONGODB_ATLAS_CLIENT_SECRET: password } = process.env;
const { check, end } = checks();

const form = new URLSearchParams({ grant_type: 'client_credentials' });
const requestToken = (auth) => axios.post(`${BASE_URL}/api/oauth/token`, form, { auth });
const { data: grant } = await requestToken({ username, password });

const as = (token) => {
  const client = axios.create({
    headers: { Authorization: `Bearer ${token}` },
    responseType: 'text',
    transformResponse: (text) => text,
    validateStatus: () => true,
  });
  return async (method, url, headers, data) => {
    const response = await client.request({ method, url, headers, data });
    return { status: response.status, text: response.data };
  };
};

await life(check, as(grant.access_token));
const accept = { Accept: 'application/vnd.atlas.2024-05-30+json' };
const wrong = await as('wrong')('GET', LINKS, accept);
check('a wrong token: 401', wrong.status === 401, wrong);
const refused = await requestToken({ username, password: 'wrong' }).catch(({ response }) => response);
check('a wrong secret: 401', refused.status === 401, refused.data);
end();

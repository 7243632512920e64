// HTTP digest with digest-fetch, which keeps its nonce and counts on. It writes Authorization into the headers that
// it is given, so each request gets an object of its own.
import DigestClient from 'digest-fetch';
import { checks } from '../support/checks.js';
import { life, LINKS } from '../support/life.js';

const { PUBLIC_KEY, PRIVATE_KEY } = process.env;
const { check, end } = checks();

const as = (key) => {
  const client = new DigestClient(PUBLIC_KEY, key, { algorithm: 'MD5' });
  return async (method, url, headers, body) => {
    const response = await client.fetch(url, { method, headers: { ...headers }, ...(body && { body }) });
    return { status: response.status, text: await response.text() };
  };
};

await life(check, as(PRIVATE_KEY));
const accept = { Accept: 'application/vnd.atlas.2024-05-30+json' };
const wrong = await as('wrong')('GET', LINKS, accept);
check('a wrong key: 401', wrong.status === 401, wrong);
end();

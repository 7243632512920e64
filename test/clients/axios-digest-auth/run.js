// HTTP digest with @mhoc/axios-digest-auth, which signs the path without its query: the profile observed accepts that,
// as Jetty does; documented follows RFC 7616.
import axiosDigestAuth from '@mhoc/axios-digest-auth';
import { checks } from '../support/checks.js';
import { life, LINKS } from '../support/life.js';

const { PUBLIC_KEY, PRIVATE_KEY, PROFILE } = process.env;
const { check, end } = checks();

const as = (password) => {
  const client = new axiosDigestAuth.default({ username: PUBLIC_KEY, password });
  return async (method, url, headers, data) => {
    const options = { method, url, headers: { ...headers }, data, transformResponse: (text) => text };
    const answer = await client.request(options).catch(({ response }) => response);
    return { status: answer.status, text: answer.data };
  };
};

const accept = { Accept: 'application/vnd.atlas.2024-05-30+json' };
if (PROFILE === 'observed') await life(check, as(PRIVATE_KEY));
const plain = await as(PRIVATE_KEY)('GET', LINKS, accept);
check('list without a query: 200', plain.status === 200, plain);
const queried = await as(PRIVATE_KEY)('GET', `${LINKS}?pageNum=1`, accept);
const expected = PROFILE === 'observed' ? 200 : 401;
check(`list with a query: ${expected}`, queried.status === expected, queried);
const wrong = await as('wrong')('GET', LINKS, accept);
check('a wrong key: 401', wrong.status === 401, wrong);
end();

// HTTP digest with urllib, which counts its nonces over the whole process: a fresh one may start at 00000006.
import { request } from 'urllib';
import { checks } from '../support/checks.js';
import { life, LINKS } from '../support/life.js';

const { PUBLIC_KEY, PRIVATE_KEY } = process.env;
const { check, end } = checks();

const as =
  (digestAuth) =>
  async (method, url, headers, content = '') => {
    const { status, data } = await request(url, { method, headers, digestAuth, content, dataType: 'text' });
    return { status, text: data };
  };

await life(check, as(`${PUBLIC_KEY}:${PRIVATE_KEY}`));
const accept = { Accept: 'application/vnd.atlas.2024-05-30+json' };
const wrong = await as(`${PUBLIC_KEY}:wrong`)('GET', LINKS, accept);
check('a wrong key: 401', wrong.status === 401, wrong);
end();

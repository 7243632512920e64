// HTTPie: HTTP digest, and a service account. It takes standard input for the body, unless it is asked not to.
import { checks } from '../support/checks.js';
import { life, LINKS } from '../support/life.js';
import { run } from '../support/programs.js';

const { BASE_URL, PUBLIC_KEY, PRIVATE_KEY, MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET } =
  process.env;
const { check, end } = checks();
const http = (...args) => run('http', ['--ignore-stdin', ...args]);

/** `--print=hb` prints the head of the last response and its body. */
const as =
  (type, credentials) =>
  async (method, url, headers, body = '') => {
    const named = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
    const login = [`--auth-type=${type}`, `--auth=${credentials}`];
    const options = ['--print=hb', '--pretty=none', ...(body && ['--raw', body])];
    const { stdout } = await http(...login, ...options, method, url, ...named);
    const [head, text] = stdout.split(/\r?\n\r?\n/);
    return { status: Number(head.split(' ')[1]), text: (text ?? '').trim() };
  };

await life(check, as('digest', `${PUBLIC_KEY}:${PRIVATE_KEY}`));
const accept = { Accept: 'application/vnd.atlas.2024-05-30+json' };
const wrong = await as('digest', `${PUBLIC_KEY}:wrong`)('GET', LINKS, accept);
check('a wrong key: 401', wrong.status === 401, wrong);

const account = `${MONGODB_ATLAS_CLIENT_ID}:${MONGODB_ATLAS_CLIENT_SECRET}`;
const grant = ['--form', '--body', `--auth=${account}`, `${BASE_URL}/api/oauth/token`];
const { stdout } = await http(...grant, 'grant_type=client_credentials');
const list = await as('bearer', JSON.parse(stdout).access_token)('GET', LINKS, accept);
check('a token: 200', list.status === 200, list);
const refused = await http('--check-status', LINKS, 'Accept:application/vnd.atlas.2024-05-30+json');
check('--check-status: exit status 4', refused.status === 4, refused);
end();

// Hurl: each file is a check.
import { checks } from '../support/checks.js';
import { LINKS } from '../support/life.js';
import { run } from '../support/programs.js';

const {
  BASE_URL,
  CONTROL_URL,
  PUBLIC_KEY,
  PRIVATE_KEY,
  MONGODB_ATLAS_CLIENT_ID,
  MONGODB_ATLAS_CLIENT_SECRET,
} = process.env;
const { check, end } = checks();
const variables = {
  base: BASE_URL,
  links: LINKS,
  control: CONTROL_URL,
  public_key: PUBLIC_KEY,
  private_key: PRIVATE_KEY,
  client_id: MONGODB_ATLAS_CLIENT_ID,
  client_secret: MONGODB_ATLAS_CLIENT_SECRET,
};

for (const [file, title] of [
  ['bearer.hurl', "token: a link's life"],
  ['digest.hurl', 'digest: created, listed, deleted, refused'],
]) {
  const given = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  const { status, output } = await run('hurl', ['--test', '--no-color', ...given, file]);
  check(title, status === 0, output);
}
end();

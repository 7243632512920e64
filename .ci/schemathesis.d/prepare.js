// Prepares an emulator for Schemathesis: writes the documents, and prints the ids and secrets that the runs use.
// Usage: node prepare.js URL PROFILE FOLDER DESCRIPTION
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [url, profile, folder, description] = process.argv.slice(2);

async function json(path, init) {
  const response = await fetch(url + path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const newProject = () =>
  json('/_emulator/projects', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ profile }),
  });

for (const name of ['openapi', 'control-openapi']) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(await json(`/_emulator/${name}.json`)));
}
if (existsSync(description)) {
  // The operations of Atlas's description that are emulated.
  const { paths } = await json('/_emulator/openapi.json');
  const whole = JSON.parse(readFileSync(description, 'utf8'));
  const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
  const emulated = Object.entries(whole.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).filter(([key]) => !METHODS.includes(key) || paths[path]?.[key] !== undefined),
    ),
  ]);
  whole.paths = Object.fromEntries(emulated);
  writeFileSync(join(folder, 'description.json'), JSON.stringify(whole));
}
const seeded = (await json('/_emulator/projects')).projects.find((one) => one.profile === profile);
const [project, doomed] = [await newProject(), await newProject()];
const { clientId, clientSecret } = project.credentials.owner.serviceAccount;
const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
const token = await json('/api/oauth/token', {
  method: 'POST',
  headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
  body: 'grant_type=client_credentials',
});
console.log(project.id, project.organizationId, doomed.id, seeded.id, basic, token.access_token);

// Terraform with the provider mongodb/mongodbatlas: whole lives, and what a user sees where something goes wrong.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checks } from '../support/checks.js';
import { run } from '../support/programs.js';

const { check, end } = checks();
const {
  MONGODB_ATLAS_PROJECT_ID: project,
  MONGODB_ATLAS_ORG_ID: organization,
  CONTROL_URL,
  PROFILE,
} = process.env;
const given = process.env;

/** Only what a user sets: the address, and one kind of credentials. */
const foreign = /^MONGODB_|^TF_VAR_/;
const clean = Object.fromEntries(Object.entries(given).filter(([name]) => !foreign.test(name)));
const base = {
  ...clean,
  CHECKPOINT_DISABLE: '1',
  TF_IN_AUTOMATION: '1',
  MONGODB_ATLAS_BASE_URL: given.MONGODB_ATLAS_BASE_URL,
  TF_VAR_project_id: project,
};
const account = (id = given.MONGODB_ATLAS_CLIENT_ID, secret = given.MONGODB_ATLAS_CLIENT_SECRET) => ({
  ...base,
  MONGODB_ATLAS_CLIENT_ID: id,
  MONGODB_ATLAS_CLIENT_SECRET: secret,
});
const key = (secret = given.MONGODB_ATLAS_PRIVATE_KEY) => ({
  ...base,
  MONGODB_ATLAS_PUBLIC_KEY: given.MONGODB_ATLAS_PUBLIC_KEY,
  MONGODB_ATLAS_PRIVATE_KEY: secret,
});

/** Terraform in one folder, with one environment; lines of its errors are joined, as it breaks them anywhere. */
const terraform =
  (folder, env) =>
  async (command, ...args) => {
    const began = performance.now();
    const always = ['show', 'output', 'state'].includes(command) ? [] : ['-input=false', '-no-color'];
    const { status, output, stdout } = await run('terraform', [command, ...always, ...args], {
      cwd: join(import.meta.dirname, folder),
      env,
    });
    const text = output.replace(/\n\s*[│╷╵]?\s*/g, ' ');
    return { status, text, stdout, seconds: (performance.now() - began) / 1000 };
  };
const quick = ({ seconds }) => seconds < 20;

async function life(kind, env) {
  const inLinks = terraform('links', env);
  const that = (title, held, seen) => check(`${kind}: ${title}`, held, seen);
  const outputs = async () => JSON.parse((await inLinks('output', '-json')).stdout);
  const isEmpty = async (...args) => {
    const plan = await inLinks('plan', '-detailed-exitcode', ...args);
    return [plan.status === 0 && plan.text.includes('No changes.'), plan.text.slice(-2000)];
  };

  const plan = await inLinks('plan');
  that('plan: 10 to add', plan.text.includes('10 to add, 0 to change, 0 to destroy'), plan.text);
  const apply = await inLinks('apply', '-auto-approve');
  that('apply: 10 added, in seconds', apply.text.includes('10 added') && quick(apply), apply);
  that('a second plan is empty', ...(await isEmpty()));
  const { ids, states, listed } = await outputs();
  that('data sources: all DONE, all listed', `${states.value}` === 'DONE' && listed.value === 10, {
    states,
    listed,
  });

  const domain = '-var=dns_domain=p9.us-east-1.aws.private.confluent.cloud';
  const update = await inLinks('apply', '-auto-approve', domain);
  that('update in place: 1 changed', update.text.includes('0 added, 1 changed, 0 destroyed'), update.text);
  that('… in seconds', quick(update), update.seconds);
  that('a plan after it is empty', ...(await isEmpty(domain)));
  const { updated_dns_domain: updated } = await outputs();
  that('the update shows', updated.value === domain.split('=')[2], updated);

  await inLinks('state', 'rm', 'mongodbatlas_stream_privatelink_endpoint.link');
  const blocks = Object.entries(ids.value).map(
    ([name, id]) =>
      `import {\n  to = mongodbatlas_stream_privatelink_endpoint.link["${name}"]\n  id = "${project}-${id}"\n}\n`,
  );
  const imports = join(import.meta.dirname, 'links/imports.tf');
  await writeFile(imports, blocks.join(''));
  const imported = await inLinks('apply', '-auto-approve', domain);
  that('import: nothing to change', imported.text.includes('10 imported, 0 added, 0 changed'), imported.text);
  await rm(imports);
  that('a plan after it is empty', ...(await isEmpty(domain)));

  const destroy = await inLinks('destroy', '-auto-approve', domain);
  that('destroy: 10, in seconds', destroy.text.includes('10 destroyed') && quick(destroy), destroy);
}

const control = (method, path, body) =>
  fetch(CONTROL_URL + path, { method, headers: { 'Content-Type': 'application/json' }, body });

/** A link of the documented profile: its first state, PENDING, ends the apply and leaves an orphan. */
async function orphan() {
  const inOne = terraform('one', account());
  const failed = await inOne('apply', '-auto-approve');
  check('a link that is PENDING: the apply fails', /unexpected state 'PENDING'/.test(failed.text), failed);
  const again = await inOne('apply', '-auto-approve');
  const [, id] = /The private link ([0-9a-f]{24}) has the same target/.exec(again.text) ?? [];
  check('a second apply: the refusal names the orphan', id !== undefined, again);
  await control('POST', '/clock/advance', '{"by":"1m"}');
  const imported = await inOne(
    'import',
    'mongodbatlas_stream_privatelink_endpoint.link[0]',
    `${project}-${id}`,
  );
  check('import of the orphan', imported.text.includes('Import successful!'), imported);
  const plan = await inOne('plan', '-detailed-exitcode');
  check('a plan after it changes no resource', !/to add|to change|to destroy/.test(plan.text), plan.text);
  const destroy = await inOne('destroy', '-auto-approve');
  check('destroy: 1', destroy.text.includes('1 destroyed'), destroy);
}

async function errors() {
  const inOne = terraform('one', account());

  await control('POST', '/private-link-rules', '{"times":1,"fail":"The endpoint service is not known."}');
  const failed = await inOne('apply', '-auto-approve');
  const shown =
    failed.text.includes('state = "FAILED"') && failed.text.includes('The endpoint service is not known.');
  check('a FAILED link shows its message', failed.status === 0 && shown, failed);
  const gone = await inOne('destroy', '-auto-approve');
  check('… and can be destroyed', gone.text.includes('1 destroyed'), gone);

  const duplicate = await inOne('apply', '-auto-approve', '-var=links=2');
  check(
    'a duplicate: STREAM_PRIVATE_LINK_ALREADY_EXISTS',
    /STREAM_PRIVATE_LINK_ALREADY_EXISTS/.test(duplicate.text),
    duplicate,
  );
  await inOne('destroy', '-auto-approve', '-var=links=2');

  const confluent = await inOne('apply', '-auto-approve', '-var=azure_confluent=true');
  check(
    'AZURE CONFLUENT, for which it has no field: MISSING_ATTRIBUTE',
    confluent.status === 1 && /MISSING_ATTRIBUTE.*azureResourceIds was not specified/.test(confluent.text),
    confluent,
  );

  for (const [title, env, message] of [
    ['a wrong secret: invalid_client', account(undefined, 'mdb_sa_sk_wrong'), /invalid_client/],
    ['no credentials: the address is ignored', base, /Post "https:\/\/cloud\.mongodb\.com\/.*proxyconnect/],
    ['a wrong key: 401', key('wrong'), /HTTP 401 Unauthorized .*not authorized for this resource/],
    [
      'a missing role: USER_UNAUTHORIZED',
      account(given.READER_CLIENT_ID, given.READER_CLIENT_SECRET),
      /USER_UNAUTHORIZED/,
    ],
    [
      'an unknown project: GROUP_NOT_FOUND',
      { ...account(), TF_VAR_project_id: 'f'.repeat(24) },
      /GROUP_NOT_FOUND.*No group with ID f{24} exists/,
    ],
  ]) {
    const refused = await terraform('one', env)('apply', '-auto-approve');
    check(title, refused.status === 1 && message.test(refused.text), refused.text);
  }
}

/** Making a project takes an owner of the organization: the one that is seeded. */
async function projectAtHead() {
  const owner = account('mdb_sa_id_000000000000000000000012', 'mdb_sa_sk_owner2');
  const env = { ...owner, TF_VAR_org_id: organization, TF_VAR_name: `terraform-${process.pid}` };
  const inProject = terraform('project', env);
  const apply = await inProject('apply', '-auto-approve');
  check('a project and a link in it: 2 added', apply.text.includes('2 added') && quick(apply), apply);
  check('… found by its name', apply.text.includes('by_name = true'), apply.text);
  const plan = await inProject('plan', '-detailed-exitcode');
  check('… a second plan is empty', plan.status === 0 && plan.text.includes('No changes.'), plan.text);
  const destroy = await inProject('destroy', '-auto-approve');
  check('… destroy: 2', destroy.text.includes('2 destroyed') && quick(destroy), destroy);
}

if (PROFILE === 'documented') await orphan();
else {
  await life('service account', account());
  await life('key', key());
  await errors();
  await projectAtHead();
}
end();

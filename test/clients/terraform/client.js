import { join } from 'node:path';
import { scripted } from '../support/kinds.js';
import { must, NotRun, run } from '../support/programs.js';

export default scripted({
  name: 'terraform',
  optional: true,
  breaks: ['missingAttribute', 'notPermitted', 'projectNotFound'],
  did: 'service account and key: plan, apply, import, update, data sources, destroy, a project, errors, an orphan',
  async build(cwd) {
    const { terraform_version: version } = JSON.parse(await must('terraform', ['version', '-json']));
    for (const folder of ['links', 'one', 'project']) {
      const at = { cwd: join(cwd, folder) };
      // A provider that TF_CLI_CONFIG_FILE overrides needs no init.
      if ((await run('terraform', ['validate'], at)).status === 0) continue;
      const { status, output } = await run('terraform', ['init', '-input=false', '-no-color'], at);
      if (status !== 0)
        throw new NotRun(`terraform ${version} cannot get the provider: ${firstError(output)}`);
    }
    return {
      version: `${version}, provider ${await providerVersion(join(cwd, 'links'))}`,
      command: ['node', 'run.js'],
    };
  },
});

function firstError(output) {
  return /Error: (.*)/.exec(output)?.[1] ?? 'terraform init failed';
}

/** The version that init has chosen; there is none where an override names a binary. */
async function providerVersion(cwd) {
  const { provider_selections: chosen } = JSON.parse(await must('terraform', ['version', '-json'], { cwd }));
  return Object.values(chosen)[0] ?? 'of TF_CLI_CONFIG_FILE';
}

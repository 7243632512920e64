import { join } from 'node:path';
import { installFromPyPI, scripted } from '../support/kinds.js';
import { cleanEnvironment, must } from '../support/programs.js';

export default scripted({
  name: 'openapi-python-client',
  page: 'from atlas.api.private_links',
  did: "Python, generated from /_emulator/openapi.json, digest and token: a link's life",
  async build(cwd, emulator) {
    const version = await installFromPyPI(cwd, 'openapi-python-client');
    const bin = join(cwd, 'venv/bin');
    const document = `${emulator.url}/_emulator/openapi.json`;
    const options = ['generate', '--url', document, '--meta', 'none', '--output-path', 'atlas'];
    // It formats the client with ruff.
    const env = cleanEnvironment({ PATH: `${bin}:${process.env.PATH}` });
    await must(join(bin, 'openapi-python-client'), options, { cwd, env });
    return { version, command: [join(bin, 'python'), 'run.py'] };
  },
});

import { delimiter, join } from 'node:path';
import { installFromPyPI, scripted } from '../support/kinds.js';

export default scripted({
  name: 'httpie',
  page: 'http --ignore-stdin',
  did: "digest and token: a link's life",
  async build(cwd) {
    const version = await installFromPyPI(cwd, 'httpie');
    const path = `PATH=${[join(cwd, 'venv/bin'), process.env.PATH].join(delimiter)}`;
    return { version, command: ['env', path, 'node', 'run.js'], paste: ['env', path, 'sh', 'page.sh'] };
  },
});

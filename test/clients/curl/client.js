import { scripted } from '../support/kinds.js';
import { must } from '../support/programs.js';

export default scripted({
  name: 'curl',
  breaks: ['notAcceptable'],
  did: "the documentation page's two commands, digest and token: a link's life",
  async build() {
    const [, version] = (await must('curl', ['--version'])).split(' ');
    return { version, command: ['sh', 'run.sh'] };
  },
});

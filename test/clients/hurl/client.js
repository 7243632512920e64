import { scripted } from '../support/kinds.js';
import { must } from '../support/programs.js';

export default scripted({
  name: 'hurl',
  // crates.io has it as source alone, which takes many minutes to build.
  optional: true,
  page: 'HTTP 200\n[Captures]\ntoken:',
  did: "digest and token: a link's life",
  async build(_cwd, emulator) {
    const [, version] = (await must('hurl', ['--version'])).split(' ');
    return { version, command: ['node', 'run.js'], paste: ['hurl', '--test', 'page.hurl'] };
  },
});

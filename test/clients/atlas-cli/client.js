import { scripted } from '../support/kinds.js';
import { must } from '../support/programs.js';

export default scripted({
  name: 'atlas-cli',
  optional: true,
  breaks: ['invalidProjectId', 'notPermitted', 'projectNotFound'],
  did: 'key: atlas api streams, atlas streams privateLinks; exit status and message of each error',
  async build() {
    const version = await must('atlas', ['--version'], { env: { ...process.env, DO_NOT_TRACK: '1' } });
    return { version: /version: (\S+)/.exec(version)?.[1] ?? version, command: ['node', 'run.js'] };
  },
});

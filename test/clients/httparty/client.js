import { scripted } from '../support/kinds.js';
import { NotRun, run } from '../support/programs.js';

export default scripted({
  name: 'httparty',
  page: "require 'httparty'",
  did: "Ruby, digest and token: a link's life",
  async build() {
    const { status, output } = await run('ruby', [
      '-rhttparty',
      '-e',
      'print HTTParty::VERSION, ", Ruby ", RUBY_VERSION',
    ]);
    if (status !== 0) throw new NotRun('the gem httparty is not installed');
    return { version: output, command: ['ruby', 'run.rb'] };
  },
});

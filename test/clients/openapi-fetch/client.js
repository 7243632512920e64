import { installFromNpm, scripted, versionFromNpm } from '../support/kinds.js';
import { must } from '../support/programs.js';

export default scripted({
  name: 'openapi-fetch',
  did: "TypeScript, types made from /_emulator/openapi.json, token: a link's life",
  async build(cwd, emulator) {
    const version = await installFromNpm(cwd, 'openapi-fetch');
    const types = await versionFromNpm(cwd, 'openapi-typescript');
    await must('npx', ['openapi-typescript', `${emulator.url}/_emulator/openapi.json`, '-o', 'api.d.ts'], {
      cwd,
    });
    await must('npx', ['tsc', '-p', '.'], { cwd });
    return {
      version: `${version}, openapi-typescript ${types}`,
      command: ['node', 'built/openapi-fetch/run.js'],
    };
  },
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scripted } from '../support/kinds.js';
import { must } from '../support/programs.js';

const VERSION = 'v2.8.2';
const GENERATOR = `github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@${VERSION}`;

export default scripted({
  name: 'oapi-codegen',
  page: '"example/atlas"',
  did: "Go, generated from /_emulator/openapi.json, token: a link's life",
  async build(cwd, emulator) {
    const document = await fetch(`${emulator.url}/_emulator/openapi.json`);
    await writeFile(join(cwd, 'openapi.json'), await document.text());
    await mkdir(join(cwd, 'atlas'));
    const options = [
      '-generate',
      'types,client',
      '-package',
      'atlas',
      '-o',
      'atlas/client.go',
      'openapi.json',
    ];
    await must('go', ['run', GENERATOR, ...options], { cwd, limit: 900 });
    await must('go', ['build', '-mod=readonly', '-o', './program', 'main.go'], { cwd, limit: 900 });
    return { version: VERSION, command: ['./program'], paste: ['go', 'run', 'page.go'] };
  },
});

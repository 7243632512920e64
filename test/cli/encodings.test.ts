import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/cli/arguments.js';
import { startEmulator } from '../../src/index.js';
import { linksPath, TestEmulator } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';

const BIG_ENDIAN = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const UTF32 = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (one) => Buffer.from([one.charCodeAt(0), 0, 0, 0])));

/** Encodings that are not UTF-8, each with its name in messages. */
const OTHERS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16', (text) => BIG_ENDIAN(`\ufeff${text}`)],
  ['UTF-16', BIG_ENDIAN],
  ['UTF-32', UTF32],
  ['UTF-32', (text) => Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), UTF32(text)])],
];

function file(bytes: string | Buffer): string {
  const path = join(temporaryFolder(), 'file.json');
  writeFileSync(path, bytes);
  return path;
}

const FIXTURE = '{"organizations":[]}';

describe('encodings of files', () => {
  it('a settings file or fixture may begin with a byte order mark', async () => {
    expect(loadConfig(['--config', file('\ufeff{"port":1234}')], {})).toMatchObject({
      config: { port: 1234 },
    });
    await using emulator = await startEmulator({ fixture: file(`\ufeff${FIXTURE}`) });
    expect(await emulator.projects()).toEqual([]);
  });

  it.each([
    ...OTHERS,
    ['neither UTF-8 nor UTF-16', (text: string) => Buffer.from(`${text}\u00e9`, 'latin1')] as const,
  ])(
    'a settings file or fixture that is not UTF-8 is rejected, and its encoding named: %s',
    async (encoding, encode) => {
      const says = `its encoding is ${encoding}: save it as UTF-8`;
      expect(() => loadConfig(['--config', file(encode('{"port":1234}'))], {})).toThrow(says);
      await expect(startEmulator({ fixture: file(encode(FIXTURE)) })).rejects.toThrow(says);
    },
  );
});

describe('encodings of request bodies', () => {
  const send = async (url: string, payload: string | Buffer) => {
    const emulator = await TestEmulator.start();
    const headers = { 'content-type': 'application/json' };
    return emulator.as('owner', 'documented', { method: 'POST', url, headers, payload });
  };
  const link = JSON.stringify({
    provider: 'AWS',
    vendor: 'MSK',
    arn: 'arn:aws:kafka:us-east-1:1:cluster/a/b',
  });

  it('a request body may begin with a byte order mark, in both APIs', async () => {
    expect((await send(linksPath('documented'), `\ufeff${link}`)).statusCode).toBe(200);
    expect((await send('/_emulator/clock/advance', '\ufeff{"by":"1h"}')).statusCode).toBe(200);
    expect((await send('/_emulator/clock/freeze', '\ufeff')).statusCode).toBe(200);
  });

  it('the journal matches the body of a request that began with a byte order mark', async () => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const project = await emulator.project();
    await project.fetch('/streams/privateLinkConnections', { method: 'POST', body: `\ufeff${link}` });
    expect(await project.requests.count({ body: { vendor: 'MSK' } })).toBe(1);
  });

  it.each(OTHERS)(
    'a request body that is not UTF-8 is a 400 that names its encoding: %s',
    async (encoding, encode) => {
      const refused = await send(linksPath('documented'), encode(link));
      expect(refused.statusCode).toBe(400);
      expect(refused.headers['x-emulator-reason']).toContain(`its encoding is ${encoding}`);
      expect(refused.headers['x-emulator-reason']).toContain('in UTF-8');
      const control = await send('/_emulator/clock/advance', encode('{"by":"1h"}'));
      expect(control.json<{ detail: string }>().detail).toContain(`its encoding is ${encoding}`);
    },
  );
});

import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { join } from 'node:path';
import { Client, Command } from '../support/command.js';
import { linksPath } from '../support/emulator.js';
import { temporaryFolder } from '../support/world.js';

// Each test starts the program: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

describe.each(['SIGTERM', 'SIGINT'] as const)('stop by %s', (signal) => {
  it('the emulator exits with status 0 and prints nothing when it is stopped', async () => {
    const { command } = await Command.start();
    expect(await command.stop(signal)).toMatchObject({ status: 0, signal: null, stderr: '' });
  });

  it('the emulator stops while clients keep their connections open', async () => {
    const { command, ready } = await Command.start();
    const client = await Client.of(ready.url);
    await Promise.all([client.create('one'), client.create('two')].map(async (sent) => (await sent).text()));
    expect(await command.stop(signal)).toMatchObject({ status: 0, stderr: '' });
  });

  it('the emulator stops while a request is half sent', async () => {
    const { command, ready } = await Command.start();
    const { token } = await Client.of(ready.url);
    const socket = connect(Number(new URL(ready.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    // "100 Continue" means that the server has received the request.
    socket.write(
      [
        `POST ${linksPath('documented')} HTTP/1.1`,
        'Host: emulator',
        'Accept: application/vnd.atlas.2024-05-30+json',
        `Authorization: Bearer ${token}`,
        'Content-Type: application/json',
        'Content-Length: 1000',
        'Expect: 100-continue',
        '',
        '{"provider":',
      ].join('\r\n'),
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 100 /);
    expect(await command.stop(signal)).toMatchObject({ status: 0, stderr: '' });
  });

  it('a stopped emulator leaves one database file, which contains all acknowledged writes', async () => {
    const folder = temporaryFolder();
    const db = join(folder, 'world.db');
    const first = await Command.start(['--db', db]);
    const created = await (await Client.of(first.ready.url)).create('one');
    const { _id } = (await created.json()) as { _id: string };
    expect(readdirSync(folder)).toContain('world.db-wal');
    expect(await first.command.stop(signal)).toMatchObject({ status: 0 });
    expect(readdirSync(folder)).toEqual(['world.db']);

    const second = await Command.start(['--db', db]);
    const response = await (await Client.of(second.ready.url)).fetch(`/${_id}`);
    expect(await response.json()).toMatchObject({ _id, serviceEndpointId: 'one' });
  });

  it('a second signal does not disturb the stop', async () => {
    const { command } = await Command.start();
    command.signal(signal);
    expect(await command.stop(signal)).toMatchObject({ status: 0, stderr: '' });
  });
});

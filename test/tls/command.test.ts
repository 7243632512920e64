import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../src/listener.js';
import { announced } from '../support/announced.js';
import { Command, onFreePort } from '../support/command.js';
import { temporaryFolder } from '../support/world.js';
import { send } from './https-client.js';

// Each test starts the program, which makes RSA keys: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const TLS = ['--tls', '--tls-port', '0'];

/** The line on standard error of a start that fails. */
async function failureOf(status: number, args: readonly string[]): Promise<string> {
  const ending = await Command.run(onFreePort(args));
  expect(ending).toMatchObject({ status, stdout: '' });
  expect(ending.stderr).toMatch(/^atlas-streams-emulator: [^\n]+\n$/);
  return ending.stderr;
}

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('the command with --tls', () => {
  it('the ready line with --tls has the HTTPS address and the certificate authority', async () => {
    const { command, ready } = await Command.start(TLS);
    const { tlsUrl, ca } = ready as typeof ready & { tlsUrl: string; ca: string };
    expect(await send(`${tlsUrl}/_emulator/health`, { ca })).toMatchObject({ status: 200 });
    expect(await command.stop()).toMatchObject({ status: 0, stderr: '' });
  });

  it('the ready line with --tls and a database file has the path of the authority', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const { ready } = await Command.start([...TLS, '--db', db]);
    expect(ready).toMatchObject({ caFile: `${db}-ca.pem` });
  });
});

describe('the banner with --tls', () => {
  it('the banner with --tls has lines to paste and the authority, if it is in no file', async () => {
    const emulator = await listen({ tls: true });
    onTestFinished(() => emulator.close());
    const { stdout: text } = announced(emulator, { tls: true });
    expect(text).toContain(`\nHttps: ${emulator.tlsUrl ?? ''}, with an authority of its own`);
    expect(text).toContain(`curl -so ca.pem ${emulator.url}/_emulator/ca.pem`);
    expect(text).toContain('\n  export SSL_CERT_FILE=ca.pem NODE_EXTRA_CA_CERTS=ca.pem\n');
    expect(text).toContain(emulator.tls?.ca);
  });

  it('the banner with --tls has the path of the authority beside the database file', async () => {
    const db = join(temporaryFolder(), 'world.db');
    const emulator = await listen({ tls: true, db });
    onTestFinished(() => emulator.close());
    const { stdout: text } = announced(emulator, { tls: true, db });
    expect(text).toContain(`\n  export SSL_CERT_FILE=${db}-ca.pem NODE_EXTRA_CA_CERTS=${db}-ca.pem\n`);
    expect(text).not.toContain('BEGIN CERTIFICATE');
  });
});

describe('invalid settings of --tls', () => {
  const nonsense = (): string => file('nonsense.pem', 'nonsense');

  it.each([
    ['one file of two', [...TLS, '--tls-cert', 'cert.pem'], 'go together'],
    ['files without --tls', ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'], 'go with --tls'],
    [
      'a file that is missing',
      [...TLS, '--tls-cert', 'missing.pem', '--tls-key', 'key.pem'],
      'missing.pem (--tls-cert) cannot be read: ENOENT',
    ],
    ['a port that is none', ['--tls', '--tls-port', '70000'], '--tls-port must be a whole number'],
  ])('invalid TLS settings exit with 2 and one line: %s', async (_title, args, line) => {
    expect(await failureOf(2, args)).toContain(line);
  });

  it('a TLS file without a certificate exits with 2 and one line', async () => {
    const [cert, key] = [nonsense(), nonsense()];
    const line = await failureOf(2, [...TLS, '--tls-cert', cert, '--tls-key', key]);
    expect(line).toContain(`${cert} (--tls-cert) and ${key} (--tls-key) must hold`);
  });

  it('a TLS port in use exits with 3 and names --tls-port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    expect(await failureOf(3, ['--tls', '--tls-port', String(port)])).toContain(
      `port ${port} on 127.0.0.1 is in use by another process; choose another with --tls-port`,
    );
  });
});

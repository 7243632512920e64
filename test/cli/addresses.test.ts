import { once } from 'node:events';
import { createServer, Server, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { addressesOf, isBlockedPort, isLoopback, urlHost } from '../../src/addresses.js';
import { startEmulator, type Settings } from '../../src/index.js';
import { send } from '../tls/https-client.js';
import { Command } from '../support/command.js';

// Some tests start the program, and RSA keys take seconds to make on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Starts an emulator for one test. */
async function start(settings: Settings) {
  const emulator = await startEmulator(settings);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** The status of the health check at an address; undefined if nothing listens there. */
async function healthAt(url: string, address: string): Promise<number | undefined> {
  const response = await fetch(`http://${address}:${new URL(url).port}/_emulator/health`).catch(
    () => undefined,
  );
  return response?.status;
}

describe('--host: addresses', () => {
  it.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['LocalHost', ['127.0.0.1', '::1']],
    ['[::1]', ['::1']],
    ['[::]', ['::']],
    ['0.0.0.0', ['0.0.0.0']],
    ['Emulator.example', ['emulator.example']],
    [
      ['localhost', '0.0.0.0'],
      ['::1', '0.0.0.0'],
    ],
    [
      ['::', 'localhost', 'emulator.example'],
      ['::', '127.0.0.1', 'emulator.example'],
    ],
    [
      ['localhost', '127.0.0.1', ' [::1] ', '10.0.0.1'],
      ['127.0.0.1', '::1', '10.0.0.1'],
    ],
  ])('--host %j stands for the addresses %j', (host, addresses) => {
    expect(addressesOf(host)).toEqual(addresses);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example', false],
  ])('the address %s is a loopback address: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
    ['fd00::1', '[fd00::1]'],
    ['10.0.0.1', '10.0.0.1'],
  ])('the URL for an emulator that listens on %s has the host %s', (address, host) => {
    expect(urlHost(address)).toBe(host);
  });
});

describe('--host: listening', () => {
  it('an emulator with host localhost listens on 127.0.0.1 and ::1, on one port, without a control token', async () => {
    const { url, controlToken } = await start({ host: 'localhost' });
    expect([await healthAt(url, '127.0.0.1'), await healthAt(url, '[::1]')]).toEqual([200, 200]);
    expect([new URL(url).hostname, controlToken]).toEqual(['127.0.0.1', undefined]);
  });

  it('an emulator listens on an IPv6 address written with or without brackets', async () => {
    for (const host of ['[::1]', '::1']) {
      const { url } = await start({ host });
      expect(new URL(url).hostname).toBe('[::1]');
      expect([await healthAt(url, '[::1]'), await healthAt(url, '127.0.0.1')]).toEqual([200, undefined]);
    }
  });

  it('an emulator listens on several addresses over HTTP and HTTPS and serves one world on all of them', async () => {
    const emulator = await start({ host: ['127.0.0.1', '127.0.0.2', '::1'], tls: true });
    const { url, tlsUrl = '', ca = '' } = emulator;
    const project = await emulator.project();
    for (const address of ['127.0.0.1', '127.0.0.2', '[::1]']) {
      expect(await healthAt(url, address)).toBe(200);
      const path = `/_emulator/projects/${project.id}`;
      const secure = `https://${address}:${new URL(tlsUrl).port}${path}`;
      expect(await send(secure, { ca })).toMatchObject({ status: 200 });
    }
    await emulator.close();
    for (const address of ['127.0.0.1', '127.0.0.2', '[::1]']) {
      expect(await healthAt(url, address)).toBeUndefined();
    }
  });

  it('an emulator listens on all IPv4 and all IPv6 addresses at once', async () => {
    const { url } = await start({ host: ['0.0.0.0', '::'] });
    expect([await healthAt(url, '127.0.0.1'), await healthAt(url, '[::1]')]).toEqual([200, 200]);
  });

  it.each([[['127.0.0.1', '0.0.0.0']], [['::', 'localhost']]])(
    'an emulator generates a control token if one of its hosts %j is not loopback',
    async (host) => {
      const { url, controlToken } = await start({ host });
      expect(controlToken).toMatch(/^.{32}$/);
      expect((await fetch(`${url}/_emulator/clock`)).status).toBe(401);
    },
  );

  it('an emulator with host localhost listens on 127.0.0.1 alone and logs a warning if the machine has no IPv6', async () => {
    failListen(({ host }) => host.includes(':') && 'EADDRNOTAVAIL');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      written.mockRestore();
    });
    const { url } = await start({ host: 'localhost', logLevel: 'warn' });
    expect(await healthAt(url, '127.0.0.1')).toBe(200);
    expect(String(written.mock.calls[0]?.[0])).toContain(
      'localhost is only 127.0.0.1: this machine has no IPv6 (EADDRNOTAVAIL)',
    );
  });

  it('an emulator does not start if the machine lacks an address that was named explicitly', async () => {
    failListen(({ host }) => host.includes(':') && 'EADDRNOTAVAIL');
    await expect(startEmulator({ host: ['localhost', '::1'] })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  it('an emulator does not start if its port is in use on one of its addresses', async () => {
    const other = createServer().listen(0, '127.0.0.2');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const starting = startEmulator({ host: ['127.0.0.1', '127.0.0.2'], port });
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE', address: '127.0.0.2' });
    expect(await healthAt(`http://x:${port}`, '127.0.0.1')).toBeUndefined();
  });

  it('an emulator with port 0 tries another port if the first one is in use on its second address', async () => {
    const tried: number[] = [];
    failListen(({ host, port }) => host === '127.0.0.2' && tried.push(port) === 1 && 'EADDRINUSE');
    const { url } = await start({ host: ['127.0.0.1', '127.0.0.2'] });
    expect(tried).toHaveLength(2);
    expect([await healthAt(url, '127.0.0.1'), await healthAt(url, '127.0.0.2')]).toEqual([200, 200]);
  });
});

describe('ports that fetch blocks', () => {
  it.each([
    ['--port', { port: 10080 }],
    ['--port', { port: 6000 }],
    ['--tls-port', { tls: true, tlsPort: 6697 }],
  ])('%s must not be a port that fetch blocks', async (flag, settings) => {
    await expect(startEmulator(settings)).rejects.toThrow(
      `${flag} must not be ${'tlsPort' in settings ? settings.tlsPort : settings.port}: fetch and browsers refuse`,
    );
  });

  it('the command rejects a port that fetch blocks with exit status 2 before it opens the database', async () => {
    const ending = await Command.run(['--port', '10080', '--db', '/nowhere/world.db']);
    expect(ending).toMatchObject({ status: 2, stdout: '' });
    expect(ending.stderr).toMatch(/^atlas-streams-emulator: --port must not be 10080: [^\n]+\n$/);
  });

  it('isBlockedPort() includes every port that fetch blocks', async () => {
    // Instead of connecting to every port, the dispatcher throws.
    const dispatcher = {
      dispatch() {
        throw new Error('no connection');
      },
    };
    const refused: number[] = [];
    for (let port = 1; port <= 11_000; port += 1) {
      const options: object = { dispatcher };
      const error = (await fetch(`http://127.0.0.1:${port}`, options).catch((one: unknown) => one)) as Error;
      if ((error.cause as Error | undefined)?.message === 'bad port') refused.push(port);
    }
    expect(refused).toContain(10080);
    expect(refused.filter((port) => !isBlockedPort(port))).toEqual([]);
  });
});

interface ListenTarget {
  readonly host: string;
  readonly port: number;
}

/** Lets servers fail to listen until the test is finished. @param codeFor the code of the error, or false */
function failListen(codeFor: (target: ListenTarget) => string | false): void {
  // Net servers of the emulator listen with one argument.
  const prototype = Server.prototype as unknown as { listen: (target: ListenTarget) => Server };
  const { listen } = prototype;
  prototype.listen = function (this: Server, target) {
    const code = codeFor(target);
    if (code === false) return listen.call(this, target);
    process.nextTick(() => this.emit('error', Object.assign(new Error('cannot listen'), { code })));
    return this;
  };
  onTestFinished(() => {
    prototype.listen = listen;
  });
}

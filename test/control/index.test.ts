import { expect, it } from 'vitest';
import { TestEmulator } from '../support/emulator.js';

it('GET /_emulator/ lists the addresses to begin with, and each of them answers', async () => {
  const emulator = await TestEmulator.start({ publicUrl: 'http://proxy.test/atlas' });
  const response = await emulator.inject({ url: '/_emulator/' });
  const { version, ...addresses } = response.json<Record<string, string>>();
  expect([response.statusCode, version]).toEqual([200, expect.any(String)]);
  expect(addresses.health).toBe('http://proxy.test/atlas/_emulator/health');
  for (const [name, address] of Object.entries(addresses)) {
    const { statusCode } = await emulator.inject({ url: new URL(address).pathname });
    expect([name, statusCode]).toEqual([name, 200]);
  }
});

it.each(['/_emulator', '/%5femulator'])('GET %s redirects to /_emulator/', async (url) => {
  const emulator = await TestEmulator.start();
  const { statusCode, headers } = await emulator.inject({ url });
  expect([statusCode, headers.location]).toEqual([302, 'http://localhost:80/_emulator/']);
});

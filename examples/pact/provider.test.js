// The provider's side: verifies the contract against an emulator. Run consumer.test.js before.
import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Verifier } from '@pact-foundation/pact';
import { startEmulator } from 'atlas-streams-emulator';

test('the emulator keeps the contract', async () => {
  // Where the emulator listens on loopback alone, it needs no control token.
  const controlToken = 'token-of-this-test';
  const emulator = await startEmulator({ controlToken });
  const project = await emulator.seededProject('observed');
  const token = await project.as('owner').token();
  try {
    await new Verifier({
      provider: 'atlas',
      providerBaseUrl: emulator.url,
      pactUrls: [fileURLToPath(new URL('pacts/links-atlas.json', import.meta.url))],
      providerStatesSetupUrl: `${emulator.url}/_emulator/pact/states`,
      // For the provider states. Requests for Atlas get a token of Atlas instead.
      customProviderHeaders: { Authorization: `Bearer ${controlToken}` },
      requestFilter(request, _response, next) {
        request.headers.authorization = `Bearer ${token}`;
        next();
      },
      logLevel: 'error',
    }).verifyProvider();
    ok((await project.contract.check()).passed);
  } finally {
    await emulator.close();
  }
});

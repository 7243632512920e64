import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { describeWithEvidence, evidence } from '../support/evidence.js';
import { FACTS, FACTS_FILE, factsOfEvidence, sampleAnswers, sampleRecordings } from './facts.js';
import { FLOW_FACTS, FLOW_FACTS_FILE, factsOfFlows, flowsOf } from './flow-facts.js';
import { recordedRows } from './recorded-rows.js';

it('the facts of the recordings have no ids, times, hosts and nonces', () => {
  const text = readFileSync(FACTS_FILE, 'utf8');
  expect(text).not.toMatch(/[a-f0-9]{24}|\d{4}-\d\d-\d\dT|localhost:|e2e|nonce=\\"[^{]/);
  expect([FACTS.responses.length, FACTS.more.length]).toEqual([21, 34]);
  expect(FACTS.streams.length).toBeGreaterThan(10);
});

it('samples of the facts have the order of keys and the words of the recordings', () => {
  const create = sampleRecordings(FACTS).find(
    ({ method, path_flat }) => method === 'POST' && path_flat.endsWith('_privateLinkConnections'),
  );
  expect(JSON.stringify(create?.body)).toBe(
    '{"_id":"0000000000000000000000a0","dnsDomain":"sample-dnsDomain","provider":"Azure","region":"sample-region","serviceEndpointId":"sample-serviceEndpointId"}',
  );
  expect(create?.headers['x-java-method']).toBe('ApiStreamsResource::createPrivateLinkConnection');
  expect(sampleAnswers(FACTS)[6]?.body).toEqual({
    detail: 'A group with name "sample-1" already exists.',
    error: 409,
    errorCode: 'GROUP_ALREADY_EXISTS',
    parameters: ['sample-1'],
    reason: 'Conflict',
  });
});

it('the facts of the flows of clients are those of the flows that are made from them', () => {
  expect(factsOfFlows(flowsOf(FLOW_FACTS))).toEqual(FLOW_FACTS);
  expect(FLOW_FACTS.flows.length).toBe(29);
});

/** A fact file, as it is to be. `npx vitest run test/evidence/facts.test.ts --update` writes it. */
async function expectFile(file: URL, facts: unknown): Promise<void> {
  const text = await format(JSON.stringify(facts), { ...(await resolveConfig(file)), parser: 'json' });
  await expect(text).toMatchFileSnapshot(file.pathname);
}

describeWithEvidence('the facts of the recordings', () => {
  it('are those of the recordings', async () => {
    await expectFile(FACTS_FILE, factsOfEvidence(recordedRows().map(({ requests }) => requests)));
  });

  it('have what the clients sent', async () => {
    await expectFile(FLOW_FACTS_FILE, factsOfFlows(evidence('client-requests', { clients: [] }).clients));
  });
});

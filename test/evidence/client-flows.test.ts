import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ClientFlow, ClientStep } from '../support/evidence.js';
import { expectClientRequirements } from './client-requirements.js';
import { FLOW_FACTS, flowsOf } from './flow-facts.js';
import { Replay, type MadeLink } from './replay.js';

const FLOWS = flowsOf(FLOW_FACTS);

/** The first create of a flow, which others that need a link begin with. */
const APPLY = FLOWS.find(({ flow }) => flow === 'API key: apply');

/** A flow's steps; creates alone become a create and a look each, with the headers that they name. */
function stepsOf({ steps, creates }: ClientFlow): readonly ClientStep[] {
  if (steps) return steps;
  const [create, get] = APPLY?.steps ?? [];
  if (!create || !get) throw new Error('no flow has the headers of the creates');
  return (creates ?? []).flatMap(({ body, status }) => [{ ...create, body, status }, get]);
}

/**
 * What a step may answer: what it got, with two exceptions. The stub of the recording let a link that is DONE change
 * its domain, which Atlas documents not to; and it may have been slower than Atlas to delete.
 */
function statusesOf(step: ClientStep, link: MadeLink | undefined): readonly number[] {
  if (step.method === 'PATCH' && step.status === 200 && link?.configured.dnsDomain !== undefined)
    return [400];
  if (step.method === 'GET' && link?.deleted) return [step.status, 404];
  return [step.status];
}

const PAGE = readFileSync(new URL('../../docs/contract.md', import.meta.url), 'utf8');

/** The errors of each client, as docs/contract.md has them. */
const ERRORS = new Map(
  PAGE.split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, , rules]) => rules?.startsWith('`'))
    .map(([, client, rules = '']) => [client, [...rules.matchAll(/`(\w+)`/g)].map(([, rule]) => rule)]),
);

describe('recorded flows of real clients', () => {
  it.each(FLOWS)(
    'the recorded flow of $client gets the responses that it needs: $flow ($version)',
    async (flow) => {
      const replay = await Replay.start({
        ...flow,
        ...(!flow.steps &&
          APPLY?.headersOfEveryRequest && { headersOfEveryRequest: APPLY.headersOfEveryRequest }),
      });
      for (const [index, step] of stepsOf(flow).entries()) {
        if (step.path.includes('{id}') && !replay.hasLink)
          await replay.prepare(APPLY?.steps?.[0]?.body ?? '');
        const replayed = await replay.play(step);
        const said = `step ${index + 1}, ${step.method} ${step.path}: ${replayed.response.body}`;
        expect(statusesOf(step, replayed.link), said).toContain(replayed.response.statusCode);
        expectClientRequirements(replayed);
      }
      // A client that does what its author meant is not called wrong: all that is found was refused.
      const findings = await replay.findings();
      expect(findings.filter(({ severity }) => severity !== 'error')).toEqual([]);
      for (const { rule, requests } of findings) {
        expect(ERRORS.get(flow.client), 'docs/contract.md').toContain(rule);
        for (const { status } of requests) expect(status).toBeGreaterThanOrEqual(400);
      }
    },
  );
});

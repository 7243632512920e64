import { describe, expect, it } from 'vitest';
import type { Link } from '../support/links.js';
import { ControlledEmulator, type TestProject } from './world-support.js';

interface Rule {
  readonly id: string;
  readonly rule: object;
  readonly timesLeft: number | null;
}

const RULES = '/private-link-rules';

async function open(profile = 'observed'): Promise<TestProject> {
  const emulator = await ControlledEmulator.start();
  return emulator.make({ profile, durations: { pendingMs: 10, idleMs: 10, workingMs: 10 } });
}

/** The state that a new link ends in, and its message. */
async function fate(project: TestProject, region: string, vendor?: string): Promise<(string | undefined)[]> {
  const id = await project.create(region, vendor);
  await project.done('POST', '/clock/advance', { by: 1000 });
  const link = (await project.links('GET', `/${id}`)).json<Link>();
  return [link.state, link.errorMessage as string | undefined];
}

const list = async (of: { done: TestProject['done'] }): Promise<readonly Rule[]> =>
  (await of.done<{ rules: Rule[] }>('GET', RULES)).rules;

describe('a rule for new links', () => {
  it.each([
    ['documented', ['PENDING', 'FAILED']],
    ['observed', ['IDLE', 'WORKING', 'FAILED']],
  ])(
    'a rule makes the next create fail through the states of its profile, as %s',
    async (profile, states) => {
      const project = await open(profile);
      const rule = { times: 1, fail: 'The quota is used up.' };
      const added = await project.done<Rule>('POST', RULES, rule);
      expect(added).toEqual({ id: expect.stringMatching(/^[a-f0-9]{24}$/) as string, rule, timesLeft: 1 });

      const created = await project.links('POST', '', { provider: 'AWS' });
      expect(created.status).toBe(200);
      expect(created.json().errorMessage).toBeUndefined();
      await project.done('POST', '/clock/advance', { by: 1000 });
      const [link] = await project.list();
      expect(link).toMatchObject({ state: 'FAILED', errorMessage: 'The quota is used up.' });
      const entered = project.emulator.events('link.changed').map(({ data }) => data.state);
      expect(entered).toEqual(states);
      expect(await fate(project, 'two')).toEqual(['DONE', undefined]);
      expect(await list(project)).toEqual([{ ...added, timesLeft: 0 }]);
    },
  );

  it('a rule makes links of one vendor stay in WORKING, and no others', async () => {
    const project = await open();
    await project.done('POST', RULES, { match: { vendor: 'msk' }, staysIn: 'WORKING' });
    expect(await fate(project, 'one', 'MSK')).toEqual(['WORKING', undefined]);
    expect(await fate(project, 'two')).toEqual(['DONE', undefined]);
    expect(await fate(project, 'three', 'MSK')).toEqual(['WORKING', undefined]);
    expect(await list(project)).toMatchObject([{ timesLeft: null }]);
  });

  it('a rule makes links stay in the first state if the profile lacks the state that it names', async () => {
    const project = await open('documented');
    await project.done('POST', RULES, { staysIn: 'WORKING' });
    expect(await fate(project, 'one')).toEqual(['PENDING', undefined]);
  });

  it.each([
    [{ provider: 'aws' }, true],
    [{ provider: 'AZURE' }, false],
    [{ vendor: 'generic' }, true],
    [{ vendor: 'MSK' }, false],
    [{ region: 'here' }, true],
    [{ region: 'HERE' }, false],
    [{ provider: 'AWS', vendor: 'GENERIC', region: 'here' }, true],
    [{ provider: 'AWS', vendor: 'GENERIC', region: 'there' }, false],
    [{}, true],
  ])('a rule with match %j applies to a generic AWS link in the region here: %s', async (match, matches) => {
    const project = await open();
    await project.done('POST', RULES, { match, fail: 'no' });
    expect(await fate(project, 'here')).toEqual(matches ? ['FAILED', 'no'] : ['DONE', undefined]);
  });

  it('a rule applies to as many links as times says, then the next rule applies', async () => {
    const project = await open();
    await project.done('POST', RULES, { times: 2, fail: 'first' });
    await project.done('POST', RULES, { times: 1, fail: 'second' });
    const fates = [];
    for (const region of ['a', 'b', 'c', 'd']) fates.push((await fate(project, region))[1]);
    expect(fates).toEqual(['first', 'first', 'second', undefined]);
  });

  it('a rule is not used up by a create that is refused', async () => {
    const project = await open();
    await project.create('one');
    await project.done('POST', RULES, { times: 1, fail: 'no' });
    const again = { provider: 'AWS', region: 'one' };
    expect((await project.links('POST', '', again)).status).toBe(400);
    expect((await project.links('POST', '', { provider: 'IBM' })).status).toBe(400);
    expect(await list(project)).toMatchObject([{ timesLeft: 1 }]);
    expect(await fate(project, 'two')).toEqual(['FAILED', 'no']);
  });

  it('a rule of a project takes precedence over one of the server', async () => {
    const project = await open();
    const other = await project.emulator.make({ movement: 'at once' });
    await project.emulator.done('POST', RULES, { fail: 'server' });
    const own = await project.done<Rule>('POST', RULES, { fail: 'project' });
    expect(await fate(project, 'one')).toEqual(['FAILED', 'project']);
    expect(await fate(other, 'one')).toEqual(['FAILED', 'server']);
    await project.done('DELETE', `${RULES}/${own.id}`);
    expect(await fate(project, 'two')).toEqual(['FAILED', 'server']);
  });

  it('a rule applies whether states move at once, by hand or by reads', async () => {
    const emulator = await ControlledEmulator.start();
    await emulator.done('POST', RULES, { fail: 'no' });
    const atOnce = await emulator.make({ profile: 'observed', movement: 'at once' });
    expect(await atOnce.state(await atOnce.create())).toBe('FAILED');
    const byReads = await emulator.make({ profile: 'observed', movement: { reads: 1 } });
    const read = await byReads.create();
    const seen = [await byReads.state(read), await byReads.state(read), await byReads.state(read)];
    expect(seen).toEqual(['IDLE', 'WORKING', 'FAILED']);
    const byHand = await emulator.make({ movement: 'by hand' });
    const id = await byHand.create();
    await byHand.done('POST', `/private-links/${id}/step`);
    expect(await byHand.state(id)).toBe('FAILED');
  });

  it('a rule matches provider and vendor regardless of the case of ASCII letters only', async () => {
    const project = await open();
    for (const match of [{ provider: 'awſ' }, { vendor: 'kınesıs' }]) {
      const refused = await project.control('POST', RULES, { match, fail: 'no' });
      expect(refused.status).toBe(400);
    }
    await project.done('POST', RULES, { match: { provider: 'aWs', vendor: 'mSk' }, fail: 'yes' });
    expect(await fate(project, 'one', 'MSK')).toEqual(['FAILED', 'yes']);
    expect(await fate(project, 'two')).toEqual(['DONE', undefined]);
  });

  it('a rule does not affect existing links', async () => {
    const project = await open();
    const id = await project.create('one');
    await project.done('POST', RULES, { fail: 'no' });
    await project.done('POST', '/clock/advance', { by: 1000 });
    expect(await project.state(id)).toBe('DONE');
  });
});

describe('administration of rules', () => {
  it('rules are listed by scope, and deleted one by one or all at once', async () => {
    const project = await open();
    const { emulator } = project;
    const add = (of: { done: TestProject['done'] }, fail: string) => of.done<Rule>('POST', RULES, { fail });
    const [one, two, three] = [await add(project, '1'), await add(project, '2'), await add(project, '3')];
    const server = await add(emulator, 'server');
    expect(await list(project)).toEqual([one, two, three]);
    expect(await list(emulator)).toEqual([server]);
    await project.done('DELETE', `${RULES}/${two.id}`);
    expect(await list(project)).toEqual([one, three]);
    await project.done('DELETE', RULES);
    expect(await list(project)).toEqual([]);
    expect(await list(emulator)).toEqual([server]);
    await emulator.done('DELETE', `${RULES}/${server.id}`);
    expect(await list(emulator)).toEqual([]);
  });

  it('deleting an unknown rule, or one of another scope, is a 404', async () => {
    const project = await open();
    const other = await project.emulator.make();
    const own = await project.done<Rule>('POST', RULES, { fail: 'no' });
    const answers = [
      await other.control('DELETE', `${RULES}/${own.id}`),
      await project.emulator.control('DELETE', `${RULES}/${own.id}`),
      await project.control('DELETE', `${RULES}/x`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await list(project)).toEqual([own]);
  });

  it('rules are removed with their project', async () => {
    const project = await open();
    await project.done('POST', RULES, { fail: 'no' });
    await project.done('DELETE', '');
    expect((await project.control('GET', RULES)).status).toBe(404);
    expect(await list(project.emulator)).toEqual([]);
  });
});

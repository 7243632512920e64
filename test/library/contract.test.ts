import { describe, expect, it } from 'vitest';
import { emulatorFor, LINKS, PLACEMENTS } from './emulators.js';

describe.each(PLACEMENTS)('emulator.contract, %s', (placement) => {
  const emulator = emulatorFor(placement);

  it('checks a project alone, and forgets', async () => {
    const project = await emulator().project({ profile: 'observed' });
    const other = await emulator().project({ profile: 'observed' });
    await project.fetch(LINKS, { method: 'POST', json: { provider: 'AWSS' } });
    const { passed, findings } = await project.contract.check();
    expect([passed, findings.map(({ rule }) => rule)]).toEqual([false, ['unknownProvider']]);
    expect((await other.contract.check()).passed).toBe(true);
    expect((await project.contract.check({ expect: ['unknownProvider'] })).passed).toBe(true);
    await project.contract.clear();
    expect((await project.contract.check()).findings).toEqual([]);
  });

  it('has the coverage of a project', async () => {
    const project = await emulator().project({ profile: 'observed' });
    await project.fetch(LINKS);
    const { shares, operations } = await project.contract.coverage();
    expect(shares.operations.covered).toBe(1);
    expect(operations.find(({ requests }) => requests > 0)?.id).toBe('listGroupStreamPrivateLinkConnections');
  });

  it('makes a project strict', async () => {
    const project = await emulator().project({ profile: 'observed', strict: true });
    expect((await project.fetch(`${LINKS}?itemPerPage=5`)).status).toBe(400);
    await project.change({ strict: false });
    expect((await project.fetch(`${LINKS}?itemPerPage=5`)).status).toBe(200);
  });
});

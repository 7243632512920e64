import { afterEach, describe, expect, it, vi } from 'vitest';
import { startEmulator } from '../../src/index.js';
import { createLink, stateOf } from './ways.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('an emulator in a process whose timers are fake', () => {
  it('does all that it does, and ends', async () => {
    const emulator = await startEmulator();
    vi.useFakeTimers();
    const project = await emulator.project();
    const { _id: id } = await createLink(project);
    await project.clock.advance('2s');
    expect(await stateOf(project, id)).toBe('DONE');
    await project.reset();
    await project.delete();
    await emulator.close();
  });

  it('goes by the fake time', async () => {
    // With a fake setImmediate too, the fetch of Node 24 does not come back once fake time has been moved.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    await using emulator = await startEmulator();
    const project = await emulator.project();
    const { _id: id } = await createLink(project);
    expect(await stateOf(project, id)).toBe('PENDING');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await stateOf(project, id)).toBe('DONE');
  });

  it('ends once they are real again', async () => {
    const emulator = await startEmulator();
    vi.useFakeTimers();
    await emulator.project();
    vi.useRealTimers();
    await emulator.close();
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { startEmulator } from '../../src/index.js';
import { createLink, stateOf } from './emulators.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('an emulator with fake timers', () => {
  it('an emulator works and closes while the timers of its process are fake', async () => {
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

  it('an emulator follows fake time', async () => {
    // With a fake setImmediate too, the fetch of Node 24 does not come back once fake time has been moved.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    await using emulator = await startEmulator();
    const project = await emulator.project();
    const { _id: id } = await createLink(project);
    expect(await stateOf(project, id)).toBe('PENDING');
    await vi.advanceTimersByTimeAsync(2000);
    expect(await stateOf(project, id)).toBe('DONE');
  });

  it('an emulator started before fake timers closes after real ones are restored', async () => {
    const emulator = await startEmulator();
    vi.useFakeTimers();
    await emulator.project();
    vi.useRealTimers();
    await emulator.close();
  });
});

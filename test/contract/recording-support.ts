import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Credentials } from '../../src/contract/recording/caller.js';
import { record, type Wish } from '../../src/contract/recording/recorder.js';
import { verify } from '../../src/contract/recording/verify.js';
import { readRecording, type Recording } from '../../src/contract/recording/recording.js';
import { startEmulator, type LocalEmulator, type Project, type Settings } from '../../src/index.js';
import type { ProfileName } from '../../src/profiles/index.js';
import { changingProxy, type Change, type Passed } from '../support/changing-proxy.js';

/** A file of its own, for one test. */
export function temporaryFile(name = 'recording.json'): string {
  const folder = mkdtempSync(join(tmpdir(), 'contract-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, name);
}

/** An emulator and a project of it, for one test. */
export async function startProject(
  profile: ProfileName = 'observed',
  settings: Settings = {},
): Promise<{ emulator: LocalEmulator; project: Project }> {
  const emulator = await startEmulator({ pendingMs: 0, ...settings });
  onTestFinished(() => emulator.close());
  return { emulator, project: await emulator.project({ profile }) };
}

export interface Recorded {
  readonly recording: Recording;
  readonly text: string;
  readonly deleted: number;
  readonly passed: readonly Passed[];
}

/** Records a project through a proxy that changes responses. */
export async function recordProject(
  project: Project,
  { change, credentials, ...wish }: Partial<Wish> & { change?: Change; credentials?: Credentials } = {},
): Promise<Recorded> {
  const { url, passed } = await changingProxy(project.url, change);
  const out = wish.out ?? temporaryFile();
  const { deleted } = await record({
    target: new URL(url),
    project: project.id,
    credentials: credentials ?? project.credentials.owner.serviceAccount,
    waitMs: 0,
    date: '2026-11-29',
    signal: new AbortController().signal,
    ...wish,
    out,
  });
  return { recording: readRecording(out), text: readFileSync(out, 'utf8'), deleted, passed };
}

/** The differences between a recording and the emulator that are not known. */
export async function differencesOf(
  recording: Recording,
  profile: ProfileName = 'observed',
): Promise<string[]> {
  const findings = await verify(recording, profile);
  return findings.filter(({ known }) => known.length === 0).map(({ difference }) => difference);
}

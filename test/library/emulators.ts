import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  connectEmulator,
  startEmulator,
  type Emulator,
  type Project,
  type Settings,
} from '../../src/index.js';
import { cleanEnvironment, CLI } from '../support/command.js';

/** Where the emulator of a test runs: in this process, or in another to which the library connects. */
export const PLACEMENTS = ['in this process', 'of another process'] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** Starts an emulator before the tests of a suite and closes it after them. Returns a function that gives it to a test. */
export function emulatorFor(placement: Placement, settings: Settings = {}): () => Emulator {
  let opened: { readonly emulator: Emulator; readonly end: () => Promise<void> } | undefined;
  beforeAll(async () => {
    opened = await (placement === 'in this process' ? startHere(settings) : startElsewhere(settings));
  });
  afterAll(async () => {
    await opened?.end();
  });
  return () => {
    if (!opened) throw new Error('the emulator exists only while tests run');
    return opened.emulator;
  };
}

async function startHere(settings: Settings) {
  const emulator = await startEmulator(settings);
  return { emulator, end: () => emulator.close() };
}

async function startElsewhere(settings: Settings) {
  const flags = Object.entries(settings).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    ...(value === true ? [] : [String(value)]),
  ]);
  const child = spawn(process.execPath, [CLI, '--port', '0', '--quiet', ...flags], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    gone.then(([status]) => Promise.reject(new Error(`the program ended with ${status} before it listened`))),
  ])) as [string];
  const { url, controlToken } = JSON.parse(line) as { url: string; controlToken?: string };
  const emulator = await connectEmulator(url, settings.controlToken ?? controlToken);
  const end = async (): Promise<void> => {
    await emulator.close();
    child.kill('SIGTERM');
    await gone;
  };
  return { emulator, end };
}

/** The path of a project's private links, below it. */
export const LINKS = '/streams/privateLinkConnections';

/** A body of a create, with a different target for each number. */
export function linkBody(number = 1): Record<string, string> {
  return {
    provider: 'AWS',
    vendor: 'S3',
    region: 'us-east-1',
    serviceEndpointId: `com.amazonaws.us-east-1.s3${number === 1 ? '' : `.${number}`}`,
  };
}

/** A private link as a response shows it. */
export interface ShownLink {
  readonly _id: string;
  readonly state?: string;
  readonly errorMessage?: string;
}

/** Creates a private link, which must succeed. */
export async function createLink(project: Project, number = 1): Promise<ShownLink> {
  const response = await project.fetch(LINKS, { method: 'POST', json: linkBody(number) });
  expect(response.status).toBe(200);
  return (await response.json()) as ShownLink;
}

/** The state of a private link, as the Atlas API shows it. */
export async function stateOf(project: Project, id: string): Promise<string | undefined> {
  const response = await project.fetch(`${LINKS}/${id}`);
  return response.status === 404 ? 'gone' : ((await response.json()) as ShownLink).state;
}

/** How many private links a project has. */
export async function countLinks(project: Project): Promise<number> {
  return ((await (await project.fetch(LINKS)).json()) as { totalCount: number }).totalCount;
}

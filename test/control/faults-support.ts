import { request } from 'urllib';
import { expect } from 'vitest';
import { ACCEPT, linksPath, seededCaller, type SeededProfile } from '../support/emulator.js';
import { basic, FORM, type Incoming, type Line } from '../support/transport.js';

/** A fault rule as the control API shows it. */
export type Fault = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly matched: number;
  readonly fired: number;
};

type Sender = Pick<Line, 'send'>;
type Target = Pick<Line, 'send' | 'projects'>;

/** The path of the fault rules of a project, or of the whole server. */
export function faultsPath({ projects }: Pick<Line, 'projects'>, profile?: SeededProfile): string {
  return profile ? `/_emulator/projects/${projects[profile].id}/faults` : '/_emulator/faults';
}

/** Sends a request to the control API. */
export function control({ send }: Sender, method: string, path: string, body?: unknown): Promise<Incoming> {
  return send({
    method,
    path,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
}

/** Adds a fault rule to a project or to the whole server; it must succeed. */
export async function addFault(line: Target, rule: object, profile?: SeededProfile): Promise<Fault> {
  const response = await control(line, 'POST', faultsPath(line, profile), rule);
  expect(response.status, response.text).toBe(201);
  return response.json<Fault>();
}

/** The rules of a project, or of the whole server. */
export async function listFaults(line: Target, profile?: SeededProfile): Promise<Fault[]> {
  const response = await control(line, 'GET', faultsPath(line, profile));
  expect(response.status, response.text).toBe(200);
  return response.json<{ results: Fault[] }>().results;
}

/** How often each rule matched and fired. */
export async function counts(line: Target, profile?: SeededProfile): Promise<number[][]> {
  return (await listFaults(line, profile)).map(({ matched, fired }) => [matched, fired]);
}

/** Lists the private links of a line's project as its owner. */
export function list(line: Line, profile: SeededProfile = 'documented'): Promise<Incoming> {
  return line.as('owner', profile, { path: line.linksPath(profile) });
}

/** How many private links a line's project has. */
export async function linksIn(line: Line, profile: SeededProfile = 'documented'): Promise<number> {
  const response = await list(line, profile);
  expect(response.status, response.text).toBe(200);
  return response.json<{ totalCount: number }>().totalCount;
}

/** Creates a private link in a line's project as its owner. */
export function create(line: Line, profile: SeededProfile = 'documented'): Promise<Incoming> {
  return line.as('owner', profile, {
    method: 'POST',
    path: line.linksPath(profile),
    headers: { 'content-type': 'application/json' },
    body: '{"provider":"AWS"}',
  });
}

/** The statuses of `count` lists, one after the other. */
export async function statusesOf(line: Line, count: number, profile?: SeededProfile): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < count) statuses.push((await list(line, profile)).status);
  return statuses;
}

/** Requests a token as a seeded owner. */
export function askForToken({ send }: Sender, profile: SeededProfile = 'documented'): Promise<Incoming> {
  const { clientId, clientSecret } = seededCaller('owner', profile);
  return send({
    method: 'POST',
    path: '/api/oauth/token',
    headers: { authorization: basic(clientId, clientSecret), 'content-type': FORM },
    body: 'grant_type=client_credentials',
  });
}

/** Lists private links with a third-party digest client, which first sends a request without credentials. */
export async function listByDigest(url: string, profile: SeededProfile): Promise<number> {
  const { publicKey, privateKey } = seededCaller('owner', profile);
  const { status } = await request(url + linksPath(profile), {
    digestAuth: `${publicKey}:${privateKey}`,
    headers: { accept: ACCEPT },
  });
  return status;
}

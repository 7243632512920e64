import type { LightMyRequestResponse } from 'fastify';
import type { Config } from '../../src/config.js';
import { TestEmulator, type SeededProfile } from './emulator.js';
import { Links, type ErrorBody } from './links.js';
import { fixtureWith } from './world.js';

/** The first version that can change the `dnsDomain`. */
const PATCH_VERSION = 'application/vnd.atlas.2025-03-12+json';

/** Ids of the links of {@link settledLinks}, in states that no request leads to. */
export const IDLE = '1'.repeat(24);
export const FAILED = '2'.repeat(24);

/** The links of a fresh emulator's seeded project. */
export async function startLinks(profile: SeededProfile, settings: Partial<Config> = {}): Promise<Links> {
  return new Links(await TestEmulator.start(settings), profile);
}

/** Settings with a fixture of two links, one IDLE and one FAILED. */
export function settledLinks(profile: SeededProfile, fields: object = {}): Partial<Config> {
  const link = (_id: string, state: string): object => ({
    provider: 'AWS',
    region: state,
    _id,
    state,
    ...fields,
  });
  return {
    fixture: fixtureWith(profile, [link(IDLE, 'IDLE'), { ...link(FAILED, 'FAILED'), errorMessage: 'no' }]),
  };
}

/** Changes a link's domain, by default as the owner to `new.example`. */
export function patchLink(
  links: Links,
  id: string,
  payload: object = { dnsDomain: 'new.example' },
  { accept = PATCH_VERSION, caller = 'owner' }: { accept?: string; caller?: 'owner' | 'reader' } = {},
): Promise<LightMyRequestResponse> {
  return links.as(caller, { method: 'PATCH', url: `${links.path}/${id}`, headers: { accept }, payload });
}

export function deleteLink(
  links: Links,
  id: string,
  caller: 'owner' | 'reader' = 'owner',
): Promise<LightMyRequestResponse> {
  return links.as(caller, { method: 'DELETE', url: `${links.path}/${id}` });
}

/** The status of a GET of a link. */
export async function statusOfGet(links: Links, id: string): Promise<number> {
  return (await links.as('owner', { url: `${links.path}/${id}` })).statusCode;
}

/** The states that a link has entered, each with its cause, from the events. */
export function statesOf({ emulator }: Links, id: string): string[] {
  return emulator.app.events
    .since(0)
    .flatMap((event) =>
      event.type === 'link.changed' && event.data.id === id
        ? [`${event.data.cause} ${event.data.state}`]
        : [],
    );
}

/** Status and code of a refusal. */
export function codeOf(response: LightMyRequestResponse): string {
  return `${response.statusCode} ${response.json<ErrorBody>().errorCode}`;
}

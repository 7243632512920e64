import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';
import { ACCEPT, API, linksPath, SEEDED, seededCaller, type TestEmulator } from '../support/emulator.js';
import { basic, FORM } from '../support/transport.js';

/** The response to a replayed request, and where it may differ from the recorded one. */
export interface Replayed {
  readonly response: LightMyRequestResponse;
  /** Texts of the body, each with the recorded text. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Members of the body whose values are not compared. */
  readonly anyValue?: readonly string[];
  /** Headers that are not compared. */
  readonly anyHeader?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Replays a request. @param recorded the recorded body */
export type Replay = (emulator: TestEmulator, recorded: Fields) => Promise<readonly Replayed[]>;

const { organization: ORG, project: PROJECT } = SEEDED.observed;
const LINKS = linksPath('observed');
const GROUPS = `${API}/groups`;

/** Placeholder ids of the recordings. */
const ID = '0000000000000000000000a0';
const SECOND_ID = '0000000000000000000000a1';
const UNKNOWN_LINK = `${LINKS}/${'f'.repeat(24)}`;

const ANY_LINK = { provider: 'AZURE', vendor: 'GENERIC', region: 'US_EAST_2' };

/** The replay uses another operation than the recorded one. */
const OTHER_OPERATION = { anyHeader: ['x-java-method'] };

const send = (emulator: TestEmulator, request: InjectOptions) => emulator.as('owner', 'observed', request);

const createProject = (emulator: TestEmulator, fields: Fields) =>
  send(emulator, { method: 'POST', url: GROUPS, payload: { ...fields, orgId: ORG } });

/** Creates a recorded link. Returns the response and the link's id. */
async function createLink(emulator: TestEmulator, recorded: Fields) {
  const { _id, state, mskAuthType, ...sent } = recorded;
  const response = await emulator.create('observed', sent);
  expect(response.statusCode, response.body).toBe(200);
  return { response, id: response.json<{ _id: string }>()._id };
}

/** The fields of a project that a client sends. */
const sentOf = ({ name, tags }: Fields): Fields => ({ name, tags });

/** The values that differ between the responses for two projects. */
function replaceProject(response: LightMyRequestResponse, recorded: Fields) {
  const { id, created } = response.json<{ id: string; created: string }>();
  return { [id]: recorded.id as string, [created]: recorded.created as string, [ORG]: SECOND_ID };
}

/** Adds a fault rule that responds to the next request. */
async function answerNext(emulator: TestEmulator, answer: object): Promise<void> {
  const rule = { match: { path: '/*' }, before: 'credentials', times: 1, answer };
  const made = await emulator.inject({ method: 'POST', url: '/_emulator/faults', payload: rule });
  expect(made.statusCode, made.body).toBe(201);
}

/** Sends a request for a token with the owner's id. @param secret undefined for none */
function askForToken(emulator: TestEmulator, path: 'token' | 'revoke', body: string, secret?: string) {
  const authorization = secret !== undefined && basic(seededCaller('owner', 'observed').clientId, secret);
  return emulator.inject({
    method: 'POST',
    url: `/api/oauth/${path}`,
    headers: { 'content-type': FORM, ...(authorization && { authorization }) },
    payload: body,
  });
}

const SECRET = seededCaller('owner', 'observed').clientSecret;
const GRANT = 'grant_type=client_credentials';

/** Both token endpoints, each answered by a fault rule. */
const tokenFault =
  (answerOf: (recorded: Fields) => object): Replay =>
  async (emulator, recorded) => {
    const replayed: Replayed[] = [];
    for (const path of ['token', 'revoke'] as const) {
      await answerNext(emulator, answerOf(recorded));
      replayed.push({ response: await askForToken(emulator, path, GRANT, SECRET) });
    }
    return replayed;
  };

/** The replays, by number of the row in docs/recorded.md. */
export const REPLAYS: Readonly<Record<number, Replay>> = {
  1: async (emulator) => [{ response: await send(emulator, { method: 'DELETE', url: `${GROUPS}/` }) }],
  2: async (emulator) => [
    {
      response: await send(emulator, { url: UNKNOWN_LINK }),
      replace: { [UNKNOWN_LINK.slice(-24)]: `Online archive with id ${ID}` },
      ...OTHER_OPERATION,
    },
  ],
  4: async (emulator) => {
    await createProject(emulator, { name: 'twice' });
    const response = await createProject(emulator, { name: 'twice' });
    return [
      {
        response,
        anyValue: ['detail', 'errorCode', 'parameters'],
        anyHeader: ['x-java-method', 'x-error-code'],
      },
    ];
  },
  5: async (emulator) => {
    const token = await emulator.token('owner', 'observed');
    const rule = { answer: { status: 500 } };
    await emulator.inject({ method: 'POST', url: `/_emulator/projects/${PROJECT}/faults`, payload: rule });
    const headers = { accept: ACCEPT, authorization: `Bearer ${token}` };
    return [{ response: await emulator.inject({ url: LINKS, headers }), ...OTHER_OPERATION }];
  },
  6: async (emulator) => {
    const names = Array.from({ length: 250 }, (_, number) => `project-${number}`);
    let response: LightMyRequestResponse | undefined;
    for (const name of names) response = await createProject(emulator, { name });
    return response ? [{ response, replace: { [ORG]: ID } }] : [];
  },
  7: async (emulator, { parameters }) => {
    const [name] = parameters as string[];
    await createProject(emulator, { name });
    return [{ response: await createProject(emulator, { name }) }];
  },
  8: async (emulator) => {
    const url = `${GROUPS}/${ID}/streams/privateLinkConnections`;
    return [
      { response: await send(emulator, { method: 'POST', url, payload: ANY_LINK }), ...OTHER_OPERATION },
    ];
  },
  9: async (emulator) => [{ response: await emulator.inject({ url: LINKS, headers: { accept: ACCEPT } }) }],
  11: async (emulator) => {
    const response = await send(emulator, { url: `${API}/orgs?includeCount=true&name=` });
    return [{ response, replace: { [ORG]: ID }, anyValue: ['name'] }];
  },
  12: async (emulator) => {
    const response = await send(emulator, { url: `${API}/orgs/${ORG}` });
    return [{ response, replace: { [ORG]: ID }, anyValue: ['name'] }];
  },
  13: async (emulator, recorded) => {
    const response = await createProject(emulator, sentOf(recorded));
    return [{ response, replace: replaceProject(response, recorded) }];
  },
  14: async (emulator, recorded) => {
    const { id } = (await createProject(emulator, { name: 'before' })).json<{ id: string }>();
    const payload = sentOf(recorded);
    const response = await send(emulator, { method: 'PATCH', url: `${GROUPS}/${id}`, payload });
    return [{ response, replace: replaceProject(response, recorded) }];
  },
  15: async (emulator) => {
    const { id } = (await createProject(emulator, { name: 'second' })).json<{ id: string }>();
    const response = await send(emulator, { url: `${GROUPS}?includeCount=true` });
    const replace = { [PROJECT]: ID, [ORG]: SECOND_ID, [id]: '0000000000000000000000a2' };
    return [{ response, replace, anyValue: ['clusterCount', 'created', 'name', 'totalCount'] }];
  },
  16: async (emulator, recorded) => {
    const [link = {}] = recorded.results as Fields[];
    const { id } = await createLink(emulator, link);
    const url = `/_emulator/projects/${PROJECT}/private-links/${id}/state`;
    const forced = await emulator.inject({ method: 'PUT', url, payload: { state: link.state } });
    expect(forced.statusCode, forced.body).toBe(200);
    return [{ response: await send(emulator, { url: LINKS }), replace: { [PROJECT]: ID, [id]: SECOND_ID } }];
  },
  18: async (emulator, recorded) => {
    const { response, id } = await createLink(emulator, recorded);
    return [{ response, replace: { [id]: ID } }];
  },
  19: async (emulator, recorded) => {
    const { id } = await createLink(emulator, ANY_LINK);
    await answerNext(emulator, { status: 400, body: recorded });
    return [{ response: await send(emulator, { method: 'DELETE', url: `${LINKS}/${id}` }) }];
  },
  20: async (emulator, recorded) => {
    await emulator.token('owner', 'observed');
    await answerNext(emulator, { status: 400, body: recorded });
    return [{ response: await emulator.create('observed', ANY_LINK) }];
  },
  21: async (emulator) => {
    const { id } = await createLink(emulator, ANY_LINK);
    return [{ response: await emulator.as('outsider', 'observed', { url: `${LINKS}/${id}` }) }];
  },
  22: async (emulator) => {
    const url = `${GROUPS}/${PROJECT}/nothing`;
    const replace = { [url]: `${API}/groups/{groupId}/settings` };
    return [{ response: await send(emulator, { url }), replace }];
  },
  23: async (emulator) => [
    { response: await send(emulator, { url: UNKNOWN_LINK }), replace: { [UNKNOWN_LINK.slice(-24)]: '{id}' } },
  ],
  27: async (emulator) => {
    const url = `${LINKS}/malformed`;
    return [{ response: await send(emulator, { url }), replace: { [url]: '{path}' } }];
  },
  28: async (emulator) => [
    { response: await askForToken(emulator, 'token', GRANT) },
    { response: await askForToken(emulator, 'revoke', 'token=x') },
  ],
  29: async (emulator, recorded) => {
    const sent = [
      { response: await askForToken(emulator, 'token', '', SECRET) },
      { response: await askForToken(emulator, 'token', 'grant_type=password', SECRET) },
    ];
    await answerNext(emulator, { status: 400, body: recorded });
    return [...sent, { response: await askForToken(emulator, 'revoke', 'token=x', SECRET) }];
  },
  30: tokenFault(() => ({ status: 400 })),
  31: async (emulator) => [
    { response: await askForToken(emulator, 'token', GRANT, 'wrong') },
    { response: await askForToken(emulator, 'revoke', 'token=x', 'wrong') },
  ],
  32: tokenFault(() => ({ status: 403 })),
  33: tokenFault(() => ({ status: 500 })),
  34: async (emulator) => [{ response: await askForToken(emulator, 'revoke', 'token=x', SECRET) }],
};

// The cases of the bench: which requests each server gets, and what the journal must have afterwards.
import { linkNamed, linksOf, PROFILES } from './servers.js';

const REALM = 'MMS Public API';
const ACCEPT = { Accept: 'application/vnd.atlas.2023-02-01+json' };
const GET = ['getGroupStreamPrivateLinkConnection', 200];
const LIST = ['listGroupStreamPrivateLinkConnections', 200];
const CREATE = ['createGroupStreamPrivateLinkConnection', 200, 201];
let runs = 0;

const listed = ({ readProject }, { project }) => linksOf(readProject ?? project);
const gets = (server, profile) => server.ids[profile.name].map((id) => `${listed(server, profile)}/${id}`);
const lists = (server, { project }) =>
  server.pages.map((page) => `${linksOf(project)}?itemsPerPage=100&pageNum=${page}`);
const absent = (server, profile) =>
  server.ids[profile.name].map((id) => `${listed(server, profile)}/${id.slice(0, -4)}ffff`);

/** Creates, `every` so many requests. Each run has its own names: no two links may have the same target. */
const creates = (server, { creates }, every = 1) => ({
  path: linksOf(creates),
  body: JSON.stringify(linkNamed(`${(runs += 1)}-########`)),
  every,
});

/**
 * Each case: which requests a server gets; `auth` of the emulator (the reference has none); `answers`: the operations and
 * statuses that the journal may have; `refused`: the share of answers from 400 on; `rate`: `all` if these count too; `peers`
 * if other emulators can do it.
 */
export const CASES = {
  get: { title: 'get one', plan: (...of) => ({ paths: gets(...of) }), answers: [GET], peers: true },
  list: { title: 'list 100', plan: (...of) => ({ paths: lists(...of) }), answers: [LIST], peers: true },
  create: { title: 'create', plan: (...of) => ({ create: creates(...of) }), answers: [CREATE], peers: true },
  mixed: {
    title: 'get, 5 % creates',
    plan: (...of) => ({ paths: gets(...of), create: creates(...of, 20) }),
    answers: [GET, CREATE],
  },
  'digest-get': {
    title: 'get, digest, nonce reused',
    auth: 'digest',
    plan: (...of) => ({ paths: gets(...of) }),
    answers: [GET],
  },
  'digest-create': {
    title: 'create, digest, nonce reused',
    auth: 'digest',
    plan: (...of) => ({ create: creates(...of) }),
    answers: [CREATE],
  },
  challenge: {
    title: 'get, digest, fresh challenge',
    auth: 'challenge',
    plan: (...of) => ({ paths: gets(...of) }),
    answers: [[...GET, 401]],
    refused: 0.5,
  },
  refusal: {
    title: 'get one that is absent: 404',
    plan: (...of) => ({ paths: absent(...of) }),
    answers: [[GET[0], 404]],
    refused: 1,
    rate: 'all',
  },
};

/** What a server gets in a case, with the credentials that it demands. */
export async function planOf(server, { plan, auth = 'bearer' }, profileName) {
  const profile = { name: profileName, ...PROFILES[profileName] };
  const requests = { ...plan(server, profile), headers: server.isEmulator ? ACCEPT : {} };
  if (!server.isEmulator) return requests;
  if (auth === 'bearer') return { ...requests, tokens: server.tokens[profileName] };
  const [username, password] = profile.key;
  const digest = { username, password, realm: REALM };
  if (auth === 'digest') {
    const challenge = await fetch(server.url + linksOf(profile.project));
    await challenge.text();
    digest.nonce = /nonce="([^"]+)"/.exec(challenge.headers.get('www-authenticate'))[1];
  }
  return { ...requests, digest };
}

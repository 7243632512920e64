// The cases of the bench: which requests each server gets, and what the journal must have afterwards.
import { linkNamed, linksOf, PROFILES, send } from './servers.js';

const REALM = 'MMS Public API';
/** The version of the API that is asked for. */
export const ACCEPT = { Accept: 'application/vnd.atlas.2023-02-01+json' };
const GET = ['getGroupStreamPrivateLinkConnection', 200];
const LIST = ['listGroupStreamPrivateLinkConnections', 200];
const CREATE = ['createGroupStreamPrivateLinkConnection', 200, 201];
let runs = 0;

const listed = ({ readProject }, { project }) => linksOf(readProject ?? project);
const gets = (server, profile) => server.ids[profile.name].map((id) => `${listed(server, profile)}/${id}`);
const lists = ({ pages, paging = (page) => `itemsPerPage=100&pageNum=${page}` }, { project }) =>
  pages.map((page) => `${linksOf(project)}?${paging(page)}`);
const absent = (server, profile) =>
  server.ids[profile.name].map((id) => `${listed(server, profile)}/ffff${id.slice(4)}`);

/** Creates, `every` so many requests. Each run has its own names: no two links may have the same target. */
const creates = (_server, { creates }, every = 1) => ({
  paths: [linksOf(creates)],
  body: JSON.stringify(linkNamed(`${(runs += 1)}-########`)),
  every,
});

/**
 * Each case: which requests a server gets; `auth` of the emulator (the reference has none); `answers`: the operations and
 * statuses that the journal may have; `refused`: the share of answers from 400 on; `rate`: `all` if these count too; `peers`
 * if other emulators can do it. Its goals against the reference: `must` and `aim`, by connections; `ofPrism`: at
 * least that of Prism's rate; `p99OfR`: the most that the 99th percentile may be of the reference's median.
 */
export const CASES = {
  get: {
    title: 'get one',
    plan: (...of) => ({ paths: gets(...of) }),
    ofPrism: 8,
    must: { 10: 0.8, 50: 0.8 },
    aim: { 10: 1, 50: 1 },
    answers: [GET],
    peers: true,
  },
  list: {
    title: 'list 100',
    plan: (...of) => ({ paths: lists(...of) }),
    ofPrism: 3.5,
    must: { 10: 2.5, 50: 2.5 },
    aim: { 10: 3, 50: 3 },
    answers: [LIST],
    peers: true,
  },
  create: {
    title: 'create',
    plan: (...of) => ({ create: creates(...of) }),
    ofPrism: 6,
    must: { 10: 1.3, 50: 1.7 },
    aim: { 10: 1.7, 50: 2.2 },
    p99OfR: 5,
    answers: [CREATE],
    peers: true,
  },
  mixed: {
    title: 'get, 5 % creates',
    plan: (...of) => ({ paths: gets(...of), create: creates(...of, 20) }),
    answers: [GET, CREATE],
  },
  'digest-get': {
    title: 'get, digest, nonce reused',
    auth: 'digest',
    plan: (...of) => ({ paths: gets(...of) }),
    must: { 10: 0.55, 50: 0.55 },
    aim: { 10: 0.75, 50: 0.75 },
    answers: [GET],
  },
  'digest-create': {
    title: 'create, digest, nonce reused',
    auth: 'digest',
    plan: (...of) => ({ create: creates(...of) }),
    must: { 10: 1, 50: 1 },
    aim: { 10: 1.5, 50: 1.5 },
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
    const { headers } = await send('GET', server.url + linksOf(profile.project));
    digest.nonce = /nonce="([^"]+)"/.exec(headers['www-authenticate'])[1];
  }
  return { ...requests, digest };
}

import { HOSTILE, resolve, spoiled, spoiledText, valueFor } from './bodies.js';
import { HEADERS } from './malformed.js';

const FORM = 'application/x-www-form-urlencoded';
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];

/** Answers that are long, or never end. */
const RARE = /events|openapi\.json|requests\.har|\/wait$/;

/** The operations of both documents, with their paths, parameters and bodies. */
export function operationsOf(documents) {
  return documents.flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, { parameters = [], ...methods }]) =>
      Object.entries(methods).map(([method, operation]) => {
        const [[type, content] = []] = Object.entries(operation.requestBody?.content ?? {});
        return {
          api: path.startsWith('/_emulator') ? 'control' : path.startsWith('/api/oauth') ? 'token' : 'atlas',
          method: method.toUpperCase(),
          path,
          parameters: [...parameters, ...(operation.parameters ?? [])].map((one) => resolve(one, document)),
          type,
          schema: content?.schema,
          examples: Object.values(content?.examples ?? {}).map((one) => resolve(one, document).value),
          document,
        };
      }),
    ),
  );
}

/** Rules that leave others' answers recognizable: those that they make have `X-Asked`. */
const FAULTS = [
  ...[400, 404, 409, 429, 500, 503].map((status) => ({
    times: 1,
    match: { path: '/api/*' },
    answer: { status, body: { a: 1 }, headers: { 'x-asked': '1' } },
  })),
  // A delayed request is dropped when its rule is removed.
  { times: 2, match: { path: '/api/atlas/v2/dropped' }, delayMs: 5 },
  { times: 1, match: { path: '/api/atlas/v2/dropped' }, drop: 'before' },
  { times: 1, before: 'credentials', match: { path: '/api/atlas/v2/dropped' }, drop: 'after' },
];

/** Rules that may be spoiled. */
const PLAIN_FAULTS = [
  { times: 1, error: 'GROUP_NOT_FOUND', match: { operation: 'getGroup', caller: 'owner1' } },
  {
    times: 1,
    skip: 1,
    share: 0.5,
    rateLimit: { retryAfterS: 2 },
    match: { method: 'POST', body: { provider: 'AWS' } },
  },
];

/** Makes requests to a world: what its ids, tokens and documents are. */
export class Requests {
  constructor(world, random) {
    this.world = world;
    this.random = random;
  }

  /** A request, and how its answer is judged. @param spoil how much is wrong: 0, 1 or 2 */
  request(spoil) {
    const { random, world } = this;
    if (random.chance(0.01))
      return this.#of({ method: 'GET', path: '/api/atlas/v2/dropped', api: 'atlas' }, 0, true);
    let operation = random.pick(world.operations);
    while (RARE.test(operation.path) && random.chance(0.9)) operation = random.pick(world.operations);
    return this.#of(operation, spoil, false);
  }

  #of(operation, spoil, mayBeDropped) {
    const { random, world } = this;
    const { document, parameters = [], path: template, schema } = operation;
    let { method, api } = operation;
    const project = random.pick(world.projects);
    let path = template.replace(/\{(\w+)\}/g, (_, name) => this.#parameter(name, project, parameters));
    const query = parameters
      .filter((one) => one.in === 'query' && random.chance(one.required ? 0.95 : 0.2))
      .map(({ name, schema: of }) => `${name}=${encodeURIComponent(valueFor(random, of ?? {}, document))}`);
    const headers = [['Host', world.host], ...this.#headersOf(operation, project)];
    let asks5xx = false;
    if (spoil > 0 && random.chance(0.3)) {
      const [name, value] = random.pick(HEADERS);
      asks5xx = name === 'Prefer';
      headers.push([name, value]);
    }
    if (spoil > 0 && random.chance(0.1)) query.push(`${random.pick(HOSTILE)}=${random.pick(HOSTILE)}`);
    if (spoil > 1 && random.chance(0.5)) [path, api] = [this.#hostilePath(path), 'any'];
    if (spoil > 1 && random.chance(0.3)) {
      method = random.pick(METHODS);
      // A method that a path lacks is a matter of the path, and OPTIONS and HEAD have forms of their own.
      api = 'any';
    }
    const isRaw = spoil > 1 && random.chance(0.3);
    if (isRaw) api = 'any';
    const target = encodeTarget(query.length === 0 ? path : `${path}?${query.join('&')}`, isRaw);
    let body = Buffer.alloc(0);
    if (schema && method !== 'GET') {
      body = this.#body(operation, spoil);
      headers.push(['Content-Type', spoil > 1 && random.chance(0.2) ? this.#type() : operation.type]);
    } else if (spoil > 0 && random.chance(0.1)) body = spoiledText(random, '{}');
    const secrets = [project.token, project.secret];
    return {
      method,
      path: target,
      api,
      asks5xx,
      headers,
      body,
      secrets,
      mayBeCut: mayBeDropped,
      mayBeDropped,
    };
  }

  #parameter(name, project, parameters) {
    const { random, world } = this;
    const pools = {
      groupId: [project.id],
      orgId: [project.organizationId],
      connectionId: world.links,
      groupName: [project.profile, 'name-1'],
      name: ['a', 'b', 'c'],
      faultId: ['r1', 'r2', 'r3'],
      ruleId: ['r1', 'r2', 'r3'],
      limitName: ['atlas.project.deployment.clusters', 'dataFederation.bytesProcessed.daily', 'x'],
    };
    const { example } = parameters.find((one) => one.name === name) ?? {};
    return random.pick(pools[name] ?? [example ?? 'a'.repeat(24)]) ?? 'f'.repeat(24);
  }

  #headersOf({ api }, { token, clientId, secret }) {
    const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    if (api === 'token') return [['Authorization', basic]];
    if (api === 'control') return [];
    return [
      ['Authorization', `Bearer ${token}`],
      ['Accept', 'application/vnd.atlas.2025-03-12+json'],
    ];
  }

  #type() {
    const { random } = this;
    return random
      .pick([
        '',
        'text/plain',
        'application/json; charset=utf-16',
        'application/json;',
        'a/b/c',
        FORM,
        ...HOSTILE,
      ])
      .replace(/[^\x20-\x7e]/g, '?');
  }

  #body({ api, path, schema, examples, document }, spoil) {
    const { random, world } = this;
    if (api === 'token') return this.#form(spoil);
    let value =
      random.chance(0.7) && examples.length > 0 ? random.pick(examples) : valueFor(random, schema, document);
    if (path.endsWith('/faults'))
      value = {
        id: random.pick(['r1', 'r2', 'r3']),
        ...random.pick(spoil > 0 ? PLAIN_FAULTS : [...FAULTS, ...PLAIN_FAULTS]),
      };
    if (path.endsWith('/snapshots')) value = { name: random.pick(['a', 'b', 'c']) };
    if (path.endsWith('/groups')) value = { ...value, orgId: random.pick(world.projects).organizationId };
    if (path.endsWith('/fixture')) value = world.fixture;
    const text = JSON.stringify(spoil > 0 ? spoiled(random, value) : value);
    if (spoil > 1 && random.chance(0.02))
      return Buffer.from(`{"region":"${'x'.repeat(random.below(3 * 1024 * 1024))}"}`);
    return spoil > 1 && random.chance(0.5) ? spoiledText(random, text) : Buffer.from(text);
  }

  #form(spoil) {
    const { random, world } = this;
    const { token, clientId, secret } = random.pick(world.projects);
    const form = random.pick([
      'grant_type=client_credentials',
      `token=${random.pick(['unknown', token.slice(0, -1)])}`,
      ...(spoil > 0
        ? [
            `client_id=${clientId}&client_secret=${secret}`,
            `grant_type=${secret}`,
            'a&'.repeat(random.below(200_000)),
            '%zz=%',
            '',
          ]
        : []),
    ]);
    return spoil > 1 ? spoiledText(random, form) : Buffer.from(form);
  }

  #hostilePath(path) {
    const { random } = this;
    const parts = path.split('/');
    const at = 1 + random.below(parts.length - 1);
    return random.pick([
      () => parts.with(at, random.pick(HOSTILE)).join('/'),
      () => parts.toSpliced(at, 1).join('/'),
      () =>
        parts
          .with(at, `%${(0x100 + parts[at].charCodeAt(0)).toString(16).slice(1)}${parts[at].slice(1)}`)
          .join('/'),
      () => path.toUpperCase(),
      () => `${path}/`,
      () => `/${path}`,
      () => `${path};a=b`,
      () => `http://${random.pick(['elsewhere', 'a b', '[', this.world.host])}${path}`,
      () => '*',
      () => `/${'a/'.repeat(random.below(1000))}`,
      () => `/${'a'.repeat(random.below(14_000))}`,
    ])();
  }
}

/** A target as one word of visible ASCII or, if it is raw, of bytes that a parser may refuse. */
function encodeTarget(target, raw) {
  const bytes = Buffer.from(target);
  return Array.from(bytes, (byte) => {
    const isPlain = byte > 0x20 && byte < 0x7f;
    return isPlain || (raw && byte > 0x7f)
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}

import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { pathWithoutQuery } from '../http/paths.js';
import { OtherAnswer } from '../http/replies/respond.js';
import { component, list, record, text } from '../http/schema.js';
import { inspectorPage, isFromBrowser } from './inspector.js';
import type { Database } from '../kernel/database.js';
import { VERSION } from '../version.js';

/** A group of the one operation of a tag of the whole server. */
const about = (name: string, description: string) =>
  controlGroup('', { scope: 'server', tag: { name, description } });
const health = about('health', 'Whether the emulator is ready.');
const authority = about('ca', 'The authority that clients over https must trust.');
const index = about('index', 'Where the control API is.');
const configuration = about('config', 'The settings of the emulator.');

/**
 * The operations that are served without a token, and with `--no-control`: `GET /_emulator/health`, and
 * `GET /_emulator/ca.pem`, which is not secret, and without which a client could not connect. The health is a 503 while
 * the database fails.
 *
 * @param missing the operations of Atlas that clients requested and that are not emulated
 * @param tls undefined if https is not served; its `ca` is undefined with the user's own certificate
 */
export function openOperations(
  missing: ReadonlySet<string>,
  database: Database,
  tls: { readonly ca: string | undefined } | undefined,
): readonly ControlOperation[] {
  const getHealth = health('getHealth', 'GET', '/health', {
    summary: 'Returns 200 once the emulator is ready, 503 with the reason while it cannot use its database.',
    security: [],
    query: Type.Object({
      alive: Type.Optional(
        text('Present, with any value: returns 200 as long as the process runs, whatever the database does.'),
      ),
    }),
    errors: [503],
    response: component('Health', 'The state of the emulator.', {
      status: Type.Literal('ready', { description: 'The emulator accepts requests.' }),
      version: text('The version of the emulator.'),
      notEmulated: list('Operations that clients requested and that are not emulated.', Type.String()),
    }),
    async handle({ request }) {
      const problem = 'alive' in (request.query as object) ? undefined : await database.problem();
      if (problem !== undefined) throw new ControlError(503, problem);
      return { status: 'ready', version: VERSION, notEmulated: [...missing] };
    },
  });
  const getAuthority = authority('getAuthority', 'GET', '/ca.pem', {
    summary: 'Returns the authority that clients over https must trust.',
    security: [],
    mediaType: 'application/x-pem-file',
    errors: [404],
    handle() {
      const problem =
        'Https is served with the certificate of --tls-cert: its authority is known to whoever made it.';
      if (tls?.ca === undefined) throw new ControlError(404, problem);
      return tls.ca;
    },
  });
  return tls ? [getHealth, getAuthority] : [getHealth];
}

/** `GET /_emulator/`: where to begin; for a browser, the inspector. Without the slash, redirects to it. */
export const indexOperation: ControlOperation = index('getIndex', 'GET', '/', {
  summary:
    'Returns the addresses to begin with; to a browser (Accept: text/html), the inspector, without a token.',
  isOpenTo: isFromBrowser,
  response: component('Index', 'Addresses to begin with.', {
    version: text('The version of the emulator.'),
    health: text('Whether the emulator is ready.'),
    openapi: text('The OpenAPI document of the emulated operations of Atlas.'),
    controlOpenapi: text('The OpenAPI document of the control API.'),
  }),
  handle({ request, baseUrl }) {
    const here = `${baseUrl}/_emulator/`;
    if (!pathWithoutQuery(request.url).endsWith('/')) return new OtherAnswer(302, ['location', here]);
    request.exchange.addHeaders({ vary: 'accept' });
    const page = isFromBrowser(request) ? inspectorPage() : undefined;
    if (page) return page;
    return {
      version: VERSION,
      health: `${here}health`,
      openapi: `${here}openapi.json`,
      controlOpenapi: `${here}control-openapi.json`,
    };
  },
});

/** `GET /_emulator/config`: the settings of the emulator. @param settings without secrets */
export const configurationOperation = (settings: Readonly<Record<string, unknown>>): ControlOperation =>
  configuration('getConfig', 'GET', '/config', {
    summary: 'Returns the settings of the emulator, without secrets.',
    response: record('the settings by their keys; a control token only as whether it is set', Type.Unknown()),
    handle: () => settings,
  });

import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import type { Context, ControlOperation } from '../http/operation.js';
import { object, text } from '../http/schema.js';
import type { Database } from '../kernel/database.js';
import { VERSION } from '../version.js';

const get = { scope: 'server', method: 'GET' } as const;

/**
 * `GET /_emulator/health`: 200 once the emulator accepts requests, 503 while its database fails. It is served without a
 * token, and with `--no-control`.
 *
 * @param missing the operations of Atlas that clients requested and that are not emulated
 */
export function healthOperation(missing: ReadonlySet<string>, database: Database): ControlOperation {
  return {
    ...get,
    path: '/health',
    tag: { name: 'health', description: 'Whether the emulator is ready.' },
    id: 'getHealth',
    summary: 'Returns 200 once the emulator is ready, 503 with the reason while it cannot use its database.',
    security: [],
    query: Type.Object({
      alive: Type.Optional(
        text('Present, with any value: returns 200 as long as the process runs, whatever the database does.'),
      ),
    }),
    errors: [503],
    response: object(
      'The state of the emulator.',
      {
        status: Type.Literal('ready', { description: 'The emulator accepts requests.' }),
        version: text('The version of the emulator.'),
        notEmulated: Type.Array(Type.String(), {
          description: 'Operations that clients requested and that are not emulated.',
        }),
      },
      { title: 'Health' },
    ),
    async handle({ request }: Context) {
      const problem = 'alive' in (request.query as object) ? undefined : await database.problem();
      if (problem !== undefined) throw new ControlError(503, problem);
      return { status: 'ready', version: VERSION, notEmulated: [...missing] };
    },
  };
}

/**
 * `GET /_emulator/ca.pem`: the authority that clients over https must trust. Like the health it is served without a
 * token, and with `--no-control`: it is not secret, and a client could not connect without it.
 *
 * @param ca as PEM; undefined where https is served with the user's own certificate
 */
export function authorityOperation(ca: string | undefined): ControlOperation {
  return {
    ...get,
    path: '/ca.pem',
    tag: { name: 'ca', description: 'The authority that clients over https must trust.' },
    id: 'getAuthority',
    summary: 'Returns the authority that clients over https must trust.',
    security: [],
    mediaType: 'application/x-pem-file',
    errors: [404],
    handle() {
      if (ca !== undefined) return ca;
      throw new ControlError(
        404,
        'Https is served with the certificate of --tls-cert: its authority is known to whoever made it.',
      );
    },
  };
}

/** `GET /_emulator/config`: the settings of the emulator. @param settings without secrets */
export function configurationOperation(settings: Readonly<Record<string, unknown>>): ControlOperation {
  return {
    ...get,
    path: '/config',
    tag: { name: 'config', description: 'The settings of the emulator.' },
    id: 'getConfig',
    summary: 'Returns the settings of the emulator, without secrets.',
    response: Type.Record(Type.String(), Type.Unknown(), {
      description: 'the settings by their keys; a control token only as whether it is set',
    }),
    handle: () => settings,
  };
}

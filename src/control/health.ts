import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { controlOperation } from './operation.js';

/** `GET /_emulator/health`, as the description of the control API has it; it is served apart: see below. */
export const healthOperation = controlOperation({
  id: 'getHealth',
  method: 'GET',
  path: '/health',
  scope: 'server',
  summary: 'Tells that the emulator is ready.',
  response: Type.Object(
    {
      status: Type.Literal('ready', { description: 'It can answer.' }),
      version: Type.String({ description: 'Its version.' }),
      notEmulated: Type.Array(Type.String(), {
        description: 'The operations of Atlas that clients asked for in vain.',
      }),
    },
    { title: 'Health', description: 'How it is.' },
  ),
  handle: () => undefined,
});

/**
 * `GET /_emulator/health`: 200 once the emulator can answer. It is there without a token and with `--no-control`.
 *
 * @param missing the operations of Atlas that clients asked for in vain
 */
export function health(app: FastifyInstance, version: string, missing: ReadonlySet<string>): void {
  app.get('/_emulator/health', async (request, reply) => {
    request.exchange.rung = 'answer';
    return reply
      .header('content-type', 'application/json')
      .send(JSON.stringify({ status: 'ready', version, notEmulated: [...missing] }));
  });
}

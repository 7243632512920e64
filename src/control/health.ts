import type { FastifyInstance } from 'fastify';

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

import type { FastifyInstance } from 'fastify';

/** `GET /_emulator/health`: 200 once the emulator can answer; it is there without a token and with `--no-control`. */
export function health(app: FastifyInstance, version: string): void {
  app.get('/_emulator/health', async (request, reply) => {
    request.exchange.rung = 'answer';
    return reply
      .header('content-type', 'application/json')
      .send(JSON.stringify({ status: 'ready', version }));
  });
}

import type { FastifyInstance } from 'fastify';
import { controlOperation } from './operation.js';

/** `GET /_emulator/ca.pem`, as the description of the control API has it; it is served apart: see below. */
export const authorityOperation = controlOperation({
  id: 'getAuthority',
  method: 'GET',
  path: '/ca.pem',
  scope: 'server',
  summary: 'Gives the authority that clients over https must trust.',
  mediaType: 'application/x-pem-file',
  errors: [404],
  handle: () => undefined,
});

/**
 * `GET /_emulator/ca.pem`: the authority that clients over https must trust. Like the health it is there without a
 * token and with `--no-control`: it is no secret, and without it no client could ask for anything.
 *
 * @param ca as PEM; undefined where https is served with a certificate of the user's own
 */
export function authority(app: FastifyInstance, ca: string | undefined): void {
  app.get('/_emulator/ca.pem', async (request, reply) => {
    request.exchange.rung = 'answer';
    if (ca !== undefined) return reply.header('content-type', 'application/x-pem-file').send(ca);
    const detail =
      'Https is served with the certificate of --tls-cert: its authority is known to whoever made it.';
    return reply
      .code(404)
      .header('content-type', 'application/json')
      .send(Buffer.from(JSON.stringify({ error: 404, reason: 'Not Found', detail })));
  });
}

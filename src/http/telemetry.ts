import type { FastifyInstance } from 'fastify';

/** Where clients send how they are used (run: the MCP server; read in the Atlas CLI's source). */
const PATHS = ['/api/private/v1.0/telemetry/events', '/api/private/unauth/telemetry/events'];

/**
 * Swallows clients' telemetry, whatever its form: it is nobody's business here, and an error would show in their
 * logs. To be registered in a scope of its own.
 */
export async function telemetry(scope: FastifyInstance): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null);
  });
  for (const path of PATHS) {
    scope.post(path, async (request, reply) => {
      request.exchange.step = 'answer';
      return reply.code(204).send();
    });
  }
}

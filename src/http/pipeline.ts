import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { profiles } from '../profiles/index.js';
import { errorsOf } from './conditions.js';
import { Credentials } from './credentials/credentials.js';
import { installShared, type PipelineParts } from './every-request.js';
import { FaultGate } from './faults/gate.js';
import { patternOf } from './known-paths.js';
import { contextOf, type AtlasOperation } from './operation.js';
import { API_PREFIX, pathOf } from './paths.js';
import { sendAnswer } from './replies/replies.js';
import { checkEncoding, parseBody } from './steps/body.js';
import { bodyCheck } from './steps/fields.js';
import { readQuery, type Flags } from './steps/query.js';
import { methodsOf, protectLiteralPaths } from './steps/route.js';
import { checkParameters, checkScope } from './steps/scope.js';
import { acceptedVersion } from './steps/version.js';

/**
 * Installs what all requests share, and the steps for each operation, in the order of the code.
 *
 * @returns what lets requests outside of the API meet the fault rules too
 */
export function installPipeline(
  app: FastifyInstance,
  parts: PipelineParts,
  operations: readonly AtlasOperation[],
): FaultGate | undefined {
  const { gatekeeper, limits, scripted } = parts;
  const faults = parts.faults && new FaultGate(parts, parts.faults, errorsOf(operations));
  const credentials = new Credentials(gatekeeper, parts.nonces, pathOf(parts.publicUrl ?? ''));
  installShared(app, parts, faults);

  for (const operation of operations) {
    const { body } = operation;
    app.withTypeProvider<TypeBoxTypeProvider>().route<{ Params: Record<string, string> }>({
      method: methodsOf(operation.method),
      url: patternOf(API_PREFIX + operation.path),
      // Strict; Fastify's default would turn 7 into "7". The error handler gets the refusal that the check throws.
      ...(body && { schema: { body: body.schema }, validatorCompiler: () => bodyCheck(body.schema) }),

      async onRequest(request, reply) {
        const { exchange, params } = request;
        exchange.operation = operation;
        exchange.operationId = operation.id;

        exchange.step = 'scripted answer';
        if (scripted?.send(request, reply)) return reply;

        let met = faults?.meet(request, reply, 'credentials');
        if (met && (await met)) return reply;
        exchange.step = 'credentials';
        const caller = credentials.check(request);
        exchange.caller = caller;
        if (!exchange.project && !exchange.organization) exchange.profile = profiles[caller.profile];

        exchange.step = 'faults';
        exchange.limitHeaders = limits.countRequest(request, reply, caller);
        met = faults?.meet(request, reply, 'faults');
        if (met && (await met)) return reply;
        // A rule may have delayed the request.
        if (met) exchange.lookUp();

        exchange.step = 'media type';
        exchange.version = acceptedVersion(request.headers.accept, operation.versions);

        exchange.step = 'query';
        exchange.query = readQuery(operation.query, request.query as Record<string, unknown>);
        exchange.flags = exchange.query as Flags;

        exchange.step = 'project';
        checkScope(request, operation, caller, gatekeeper);
        checkParameters(operation.parameters, params, request.url, exchange.profile);

        exchange.step = 'body';
        if (body) checkEncoding(request.headers['content-encoding']);
        return undefined;
      },

      async preValidation(request) {
        if (!body) return;
        const parsed = parseBody(request.body, body.schema);
        request.exchange.step = 'fields';
        request.body = Array.isArray(parsed) ? parsed : (body.prepare?.(parsed) ?? parsed);
      },

      async handler(request, reply) {
        const { exchange } = request;
        if (body && exchange.caller) {
          // While the body was read, the project may have been deleted, or its clock moved.
          exchange.lookUp();
          checkScope(request, operation, exchange.caller, gatekeeper);
        }
        const context = contextOf(request, reply);
        body?.rules?.(request.body as never, context);

        exchange.step = 'state';
        const answer = await operation.handle(context);
        return sendAnswer(request, reply, answer);
      },
    });
  }
  protectLiteralPaths(app, parts.paths);
  return faults;
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.js';
import { profiles, SOURCE } from '../profiles/index.js';
import { checkEncoding, parseBody } from './steps/body.js';
import { bodyCheck } from './steps/fields.js';
import { Credentials } from './credentials/credentials.js';
import { installShared, type SharedParts } from './every-request.js';
import type { FaultStore } from './faults/store.js';
import { FaultGate } from './faults/gate.js';
import type { Limits } from './faults/limits.js';
import { acceptedVersion } from './steps/version.js';
import { contextOf, type AtlasOperation } from './operation.js';
import { patternOf } from './known-paths.js';
import { API_PREFIX } from './paths.js';
import { readQuery, type Flags } from './steps/query.js';
import { sendAnswer, sendBytes } from './replies/replies.js';
import { protectLiteralPaths } from './steps/route.js';
import { checkParameters, checkScope, findScope, type ScopeParameters } from './steps/scope.js';
import type { ScriptedAnswers } from './steps/scripted.js';

/** Dependencies of the pipeline. */
export interface PipelineParts extends SharedParts {
  /** Undefined where the emulator's own additions are turned off. */
  readonly scripted: ScriptedAnswers | undefined;
  /** Undefined likewise. */
  readonly faults: FaultStore | undefined;
  readonly limits: Limits;
  readonly clock: Clock;
}

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
  const { gatekeeper, nonces, limits } = parts;
  const faults = parts.faults && new FaultGate({ ...parts, store: parts.faults });
  const credentials = new Credentials(gatekeeper, nonces);
  installShared(app, parts, faults);

  for (const operation of operations) {
    const check = operation.body && bodyCheck(operation.body.schema);

    app.withTypeProvider<TypeBoxTypeProvider>().route({
      method: operation.method,
      url: patternOf(API_PREFIX + operation.path),
      ...(operation.body && { schema: { body: operation.body.schema } }),
      // Strict, and in the API's own form; Fastify's default would turn 7 into "7".
      validatorCompiler: () => (body) => {
        try {
          check?.(body);
          return { value: body as unknown };
        } catch (error) {
          return { error: error as Error };
        }
      },

      async onRequest(request, reply) {
        const { exchange } = request;
        exchange.operation = operation;
        exchange.operationId = operation.id;
        let scope = findScope(request.params as ScopeParameters, gatekeeper);
        exchange.projectId = scope.project?.id;
        const named = scope.project ?? scope.organization;
        if (named) exchange.profile = profiles[named.profile];

        exchange.rung = 'scripted answer';
        if (sendScripted(request, reply, parts)) return reply;

        let met = faults?.meet(request, reply, 'credentials');
        if (met && (await met)) return reply;
        exchange.rung = 'credentials';
        const caller = credentials.check(
          request.raw,
          scope.project?.profile,
          () => (exchange.staleNonce = true),
        );
        exchange.caller = caller;
        if (!named) exchange.profile = profiles[caller.profile];

        exchange.rung = 'faults';
        exchange.requestsLeft = limits.countRequest(request, reply, caller, scope.project);
        met = faults?.meet(request, reply, 'faults');
        if (met && (await met)) return reply;
        // The rules may have let time pass.
        if (met) scope = findScope(request.params as ScopeParameters, gatekeeper);

        exchange.rung = 'media type';
        exchange.version = acceptedVersion(request.headers.accept, operation.versions);

        exchange.rung = 'query';
        exchange.query = readQuery(operation.query, request.query as Record<string, unknown>);
        exchange.flags = exchange.query as Flags;

        exchange.rung = 'project';
        checkScope(scope, operation, caller, gatekeeper);
        exchange.project = scope.project;
        exchange.organization = scope.organization;
        checkParameters(
          operation.parameters,
          request.params as Record<string, string>,
          request.url,
          exchange.profile,
        );

        exchange.rung = 'body';
        if (operation.body) checkEncoding(request.headers['content-encoding']);
        return undefined;
      },

      async preValidation(request) {
        if (!operation.body) return;
        const body = parseBody(typeof request.body === 'string' ? request.body : '', operation.body.schema);
        request.exchange.rung = 'fields';
        request.body = Array.isArray(body) ? body : (operation.body.prepare?.(body) ?? body);
      },

      async handler(request, reply) {
        const { exchange } = request;
        if (operation.body && exchange.caller) {
          // While the body was on its way, the project may have been deleted, or its clock moved.
          const scope = findScope(request.params as ScopeParameters, gatekeeper);
          checkScope(scope, operation, exchange.caller, gatekeeper);
          exchange.project = scope.project;
        }
        const context = contextOf(request, reply);
        operation.body?.rules?.(request.body as never, context);

        exchange.rung = 'state';
        const answer = await operation.handle(context);
        await parts.settled();
        return sendAnswer(request, reply, answer);
      },
    });
  }
  protectLiteralPaths(app, parts.paths);
  return faults;
}

/** Sends the page's own body if the request asks for it. Returns whether it did. */
function sendScripted(
  request: FastifyRequest,
  reply: FastifyReply,
  { scripted, nonces }: PipelineParts,
): boolean {
  const { prefer } = request.headers;
  const answer = scripted?.find(Array.isArray(prefer) ? prefer.join(',') : prefer);
  if (!answer) return false;
  const { exchange } = request;
  exchange.condition = {
    name: 'scripted',
    problem: `Prefer asks for the body that the source page shows for ${answer.status}.`,
    remedy: 'Leave Prefer out.',
    source: SOURCE.page,
  };
  void reply.header('preference-applied', `code=${answer.status}`);
  sendBytes(exchange, reply, Number(answer.status), answer.body, () => nonces.issue());
  return true;
}

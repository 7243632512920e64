import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.js';
import type { EventBus } from '../kernel/events.js';
import { withoutMark } from '../kernel/files.js';
import { profiles, type ProfileName } from '../profiles/index.js';
import { errorsOf } from './conditions.js';
import { allowOrigin } from './cors.js';
import { Credentials } from './credentials/credentials.js';
import type { Nonces } from './credentials/digest.js';
import { FaultGate } from './faults/gate.js';
import type { Limits } from './faults/limits.js';
import type { FaultStore } from './faults/store.js';
import type { Gatekeeper } from './gatekeeper.js';
import { patternOf, type KnownPaths } from './known-paths.js';
import { Exchange } from './observation/exchange.js';
import { observeRequest } from './observation/request-finished.js';
import { readUnread } from './observation/unread-body.js';
import { contextOf, type AtlasOperation } from './operation.js';
import { API_PREFIX, pathOf } from './paths.js';
import { malformedRequest, sendFailure } from './replies/failures.js';
import { sendAnswer } from './replies/replies.js';
import { checkEncoding, parseBody, unsupportedMediaType } from './steps/body.js';
import { bodyCheck } from './steps/fields.js';
import { readQuery, type Flags } from './steps/query.js';
import { methodsOf, noRoute, protectLiteralPaths, recordRoutes } from './steps/route.js';
import { checkParameters, checkScope } from './steps/scope.js';
import type { ScriptedAnswers } from './steps/scripted.js';
import { acceptedVersion, BODY_TYPE } from './steps/version.js';

/** Where clients send how they are used (run: the MCP server; read in the Atlas CLI's source): nobody records it here. */
const TELEMETRY = ['/api/private/v1.0/telemetry/events', '/api/private/unauth/telemetry/events'];

/** Dependencies of the pipeline. */
export interface PipelineParts {
  /** The profile of a request that names neither a project nor a caller. */
  readonly defaultProfile: ProfileName;
  readonly gatekeeper: Gatekeeper;
  readonly nonces: Nonces;
  /** What links begin with, if it is not the `Host` of the request. */
  readonly publicUrl: string | undefined;
  /** Origins whose pages may use the Atlas API: see `--cors`. */
  readonly origins: readonly string[];
  /** Undefined if the emulator's own additions are turned off, as are the faults. */
  readonly scripted: ScriptedAnswers | undefined;
  readonly faults: FaultStore | undefined;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly paths: KnownPaths;
  /** Operations of Atlas that clients requested and the emulator lacks, by `operationId`. */
  readonly missing: Set<string>;
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
        if (exchange.caller) {
          // Since then, another request may have deleted the project or moved its clock.
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

/** Installs the exchange, the body parsers, the error handler and the not-found handler. */
function installShared(app: FastifyInstance, parts: PipelineParts, faults?: FaultGate): void {
  app.decorateRequest('exchange');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(BODY_TYPE, { parseAs: 'string' }, (request, text, done) => {
    request.exchange.sentBody = withoutMark(String(text));
    done(null, request.exchange.sentBody);
  });
  // An operation without a body ignores whatever else is sent.
  app.addContentTypeParser('*', (request, payload, done) => {
    if (request.exchange.operation?.body) {
      done(unsupportedMediaType(request.headers['content-type'] ?? 'none'));
    } else {
      payload.resume();
      done(null);
    }
  });

  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply, parts);
    if (!request.exchange.hasValidHost)
      done(malformedRequest('its Host header is neither a name nor an address'));
    else if (!allowOrigin(request, reply, parts.origins)) done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.method !== 'HEAD') request.exchange.sentAnswer = payload;
    const read = readUnread(request, reply);
    if (read)
      void read.then(() => {
        done();
      });
    else done();
  });
  // A fault rule may have read the body.
  app.addHook('preParsing', async ({ exchange: { sentBody } }, _reply, payload) =>
    sentBody === undefined ? payload : Readable.from([Buffer.from(sentBody)]),
  );
  if (faults) {
    app.addHook('onSend', (request, reply, payload, done) => {
      if (!faults.spoil(request, reply, payload)) done();
    });
    app.addHook('onClose', async () => {
      faults.stop();
    });
  }

  // Over a connection Node would drop the body of HEAD; `inject` would not.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (request.method !== 'HEAD' || !(typeof payload === 'string' || Buffer.isBuffer(payload))) {
      done();
      return;
    }
    void reply.header('content-length', Buffer.byteLength(payload));
    done(null, null);
  });

  app.setErrorHandler((error, request, reply) => {
    // Before it calls the handler, Fastify requires a Content-Type of QUERY, a method that no route has.
    const isQuery = (error as { code?: string }).code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE';
    return sendFailure(isQuery ? noRoute(request, reply, parts) : error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const refusal = noRoute(request, reply, parts);
    if (refusal) throw refusal;
    request.exchange.step = 'answer';
    return reply.code(200).send();
  });
  recordRoutes(app, parts.paths);

  // An error would show in the logs of the clients.
  for (const path of TELEMETRY) {
    app.post(path, async ({ exchange }, reply) => {
      exchange.step = 'answer';
      exchange.sentBody = undefined;
      return reply.code(204).send();
    });
  }
}

function begin(request: FastifyRequest, reply: FastifyReply, parts: PipelineParts): void {
  request.exchange = new Exchange(request, parts);
  observeRequest(parts.events, request, reply);
  request.exchange.lookUp();
}

/**
 * Answers what fails before any route is looked for, such as a path with a broken escape. For
 * `Fastify({ frameworkErrors })`.
 */
export function frameworkErrors(parts: PipelineParts) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // No hook runs here.
    begin(request, reply, parts);
    if (allowOrigin(request, reply, parts.origins)) return;
    const send = (): void => void sendFailure(error, request, reply);
    const read = readUnread(request, reply);
    if (read) void read.then(send);
    else send();
  };
}

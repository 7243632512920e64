import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../kernel/clock.js';
import type { EventBus } from '../kernel/events.js';
import { profiles, type ProfileName } from '../profiles/index.js';
import { errorsOf } from './conditions.js';
import { allowOrigin } from './cors.js';
import { Credentials } from './credentials/credentials.js';
import type { Nonces } from './credentials/digest.js';
import { FaultGate, unlessEnded } from './faults/gate.js';
import type { Limits } from './faults/limits.js';
import type { FaultStore } from './faults/store.js';
import type { Caller, Gatekeeper } from './gatekeeper.js';
import { headerOf } from './header.js';
import { patternOf, type KnownPaths } from './known-paths.js';
import { Exchange } from './observation/exchange.js';
import { contextOf, type AtlasOperation } from './operation.js';
import { API_PREFIX, pathOf } from './paths.js';
import { malformedRequest, sendFailure } from './replies/failures.js';
import { sendAnswer } from './replies/replies.js';
import { respond } from './replies/respond.js';
import { checkEncoding, parseBody, unsupportedMediaType, withoutMark } from './steps/body.js';
import { bodyCheck } from './steps/fields.js';
import { readQuery, type Flags } from './steps/query.js';
import { methodsOf, noRoute, recordRoutes } from './steps/route.js';
import { checkParameters, checkScope } from './steps/scope.js';
import type { ScriptedAnswers } from './steps/scripted.js';
import type { Strictness } from './steps/strict.js';
import { acceptedVersion, BODY_TYPE } from './steps/version.js';

/** Where clients send how they are used (run: the MCP server; read in the Atlas CLI's source): nobody records it here. */
const TELEMETRY = ['/api/private/v1.0/telemetry/events', '/api/private/unauth/telemetry/events'];

/** Dependencies of the pipeline. */
export interface PipelineParts {
  /** Receives errors of the emulator itself. */
  readonly log: { error(error: unknown): void };
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
  readonly strictness: Strictness;
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
  const { gatekeeper, limits, scripted, strictness } = parts;
  const faults = parts.faults && new FaultGate(parts, parts.faults, errorsOf(operations));
  const credentials = new Credentials(gatekeeper, parts.nonces, pathOf(parts.publicUrl ?? ''));
  installShared(app, parts, faults);

  for (const operation of operations) {
    const { body } = operation;
    // Strict; Fastify's default would turn 7 into "7".
    const checkBody = body && bodyCheck(body.schema);
    // A GET is handled in the turn in which it arrives, unless a fault rule delays it.
    const hasWaited = operation.method !== 'GET';

    /** The steps from the credentials on, which a fault rule can delay. */
    const authenticate = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
      const { exchange } = request;
      exchange.step = 'credentials';
      const caller = credentials.check(request);
      exchange.caller = caller;
      if (!exchange.project && !exchange.organization) exchange.profile = profiles[caller.profile];
      exchange.step = 'faults';
      exchange.limitHeaders = limits.countRequest(request, caller);
      const met = faults?.meet(request, reply, 'faults');
      unlessEnded(request, reply, met, () => {
        // The rule may have delayed the request.
        if (met) exchange.lookUp();
        admit(request, caller, next);
      });
    };
    const admit = (request: FastifyRequest, caller: Caller, next: () => void): void => {
      const { exchange } = request;
      exchange.step = 'media type';
      exchange.version = acceptedVersion(headerOf(request.headers, 'accept'), operation.versions);
      exchange.step = 'query';
      exchange.query = readQuery(operation.query, request.query as Record<string, unknown>);
      exchange.flags = exchange.query as Flags;
      exchange.step = 'project';
      checkScope(request, operation, caller, gatekeeper);
      const params = request.params as Readonly<Record<string, string>>;
      checkParameters(operation.parameters, params, request.url, exchange.profile);
      strictness.checkRequest(request, operation);
      exchange.step = 'body';
      if (body) checkEncoding(headerOf(request.headers, 'content-encoding'));
      next();
    };

    app.route<{ Params: Record<string, string> }>({
      method: methodsOf(operation.method),
      url: patternOf(API_PREFIX + operation.path),
      // A fault rule may have read the body.
      ...(hasWaited && {
        preParsing({ exchange: { sentBody } }, _reply, payload, done) {
          done(null, sentBody === undefined ? payload : Readable.from([Buffer.from(sentBody)]));
        },
      }),
      onRequest(request, reply, done) {
        const { exchange } = request;
        exchange.operation = operation;
        exchange.operationId = operation.id;
        attempt(request, reply, () => {
          exchange.step = 'scripted answer';
          if (scripted?.send(request, reply)) return;
          const met = faults?.meet(request, reply, 'credentials');
          unlessEnded(request, reply, met, () => authenticate(request, reply, done));
        });
      },
      handler(request, reply) {
        const { exchange } = request;
        attempt(request, reply, () => {
          if (body && checkBody) {
            const parsed = parseBody(request.body, body.schema);
            exchange.json = parsed;
            exchange.step = 'fields';
            request.body = Array.isArray(parsed) ? parsed : (body.prepare?.(parsed) ?? parsed);
            checkBody(request.body);
          }
          if (hasWaited && exchange.caller) {
            // While the body was read, the project may have been deleted, or its clock moved.
            exchange.lookUp();
            checkScope(request, operation, exchange.caller, gatekeeper);
          }
          const context = contextOf(request, reply);
          body?.rules?.(request.body as never, context);
          if (body) strictness.checkBody(exchange, operation);
          exchange.step = 'state';
          const answer = operation.handle(context);
          if (answer instanceof Promise) {
            answer
              .then((value) => sendAnswer(request, reply, value))
              .catch((error: unknown) => sendFailure(error, request, reply));
          } else sendAnswer(request, reply, answer);
        });
      },
    });
  }
  return faults;
}

/** Runs steps, and answers with the refusal that one of them throws. */
function attempt(request: FastifyRequest, reply: FastifyReply, run: () => void): void {
  try {
    run();
  } catch (error) {
    sendFailure(error, request, reply);
  }
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
    request.exchange = new Exchange(request, parts);
    if (!request.exchange.hasValidHost)
      done(malformedRequest('its Host header is neither a name nor an address'));
    else if (!allowOrigin(request, reply, parts.origins)) done();
  });
  if (faults) {
    app.addHook('onClose', async () => faults.stop());
  }

  app.setErrorHandler((error, request, reply) => {
    // Before it calls the handler, Fastify requires a Content-Type of QUERY, a method that no route has.
    const isQuery = (error as { code?: string }).code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE';
    sendFailure(isQuery ? noRoute(request, parts) : error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const refusal = noRoute(request, parts);
    if (refusal) sendFailure(refusal, request, reply);
    else {
      request.exchange.step = 'answer';
      respond(request, reply, 200, []);
    }
  });
  recordRoutes(app, parts.paths);

  // An error would show in the logs of the clients.
  for (const path of TELEMETRY) {
    app.post(path, (request, reply) => {
      request.exchange.step = 'answer';
      request.exchange.sentBody = undefined;
      respond(request, reply, 204, []);
    });
  }
}

/**
 * Answers what fails before any route is looked for, such as a path with a broken escape. For
 * `Fastify({ frameworkErrors })`.
 */
export function frameworkErrors(parts: PipelineParts) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // No hook runs here.
    request.exchange = new Exchange(request, parts);
    if (!allowOrigin(request, reply, parts.origins)) sendFailure(error, request, reply);
  };
}

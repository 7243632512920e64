import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { profiles, type ProfileName } from '../profiles/index.js';
import type { Nonces } from './credentials/digest.js';
import { Exchange } from './observation/exchange.js';
import { refusalOf, unexpected } from './replies/failures.js';
import type { FaultGate } from './faults/gate.js';
import type { Gatekeeper } from './gatekeeper.js';
import { unsupportedMediaType } from './steps/body.js';
import { BODY_TYPE } from './steps/version.js';
import { pathOf } from './paths.js';
import { sendRefusal } from './replies/replies.js';
import { noRoute, recordRoutes, type RouteParts } from './steps/route.js';
import { findScope, scopeParametersOf } from './steps/scope.js';
import { observeBodies, observeRequest } from './observation/request-finished.js';

/** Dependencies of what all requests share, whether a route takes them or not. */
export interface SharedParts extends RouteParts {
  /** The profile of a request that names neither a project nor a caller. */
  readonly defaultProfile: ProfileName;
  readonly gatekeeper: Gatekeeper;
  readonly nonces: Nonces;
  /** The address that links begin with, where the `Host` of the request is not it. */
  readonly publicUrl: string | undefined;
  /** A promise of the commit under way, if any: no answer leaves before it. */
  readonly settled: () => Promise<void> | undefined;
}

/** Installs the exchange, the body parsers, the error handler and the not-found handler. */
export function installShared(app: FastifyInstance, parts: SharedParts, faults: FaultGate | undefined): void {
  app.decorateRequest('exchange');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(BODY_TYPE, { parseAs: 'string' }, (request, text, done) => {
    request.exchange.sentBody = String(text);
    done(null, text);
  });
  // Whatever else comes where no body is taken is not looked at.
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
    done();
  });
  app.addHook('onSend', (request, _reply, payload, done) => {
    const read = observeBodies(request, payload);
    if (read)
      void read.then(() => {
        done();
      });
    else done();
  });
  if (faults) {
    app.addHook('onSend', (request, reply, payload, done) => {
      if (!faults.spoil(request, reply, payload)) done();
    });
    app.addHook('onClose', async () => {
      faults.stop();
    });
  }

  app.setErrorHandler(async (error, request, reply) => {
    const { condition } = refusalOf(error, request);
    if (condition.name === unexpected.name) request.log.error(error);
    await parts.settled();
    return sendRefusal(request.exchange, reply, condition, () => parts.nonces.issue());
  });
  app.setNotFoundHandler((request, reply) => {
    nameScope(request, parts);
    return reply.send(noRoute(request, reply, parts));
  });
  recordRoutes(app, parts.paths);
}

function begin(request: FastifyRequest, reply: FastifyReply, parts: SharedParts): void {
  request.exchange = new Exchange(request, profiles[parts.defaultProfile], parts.publicUrl);
  observeRequest(parts.events, request, reply);
}

/** Notes what a path names, where no route has read its parameters. */
function nameScope({ exchange, url }: FastifyRequest, { gatekeeper }: SharedParts): void {
  const { project, organization } = findScope(scopeParametersOf(pathOf(url)), gatekeeper);
  const named = project ?? organization;
  exchange.projectId = project?.id;
  if (named) exchange.profile = profiles[named.profile];
}

/**
 * Answers what fails before any route is looked for, such as a path with a broken escape. For
 * `Fastify({ frameworkErrors })`.
 */
export function frameworkErrors(parts: SharedParts) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    // No hook runs here.
    begin(request, reply, parts);
    nameScope(request, parts);
    const { condition } = refusalOf(error, request);
    void sendRefusal(request.exchange, reply, condition, () => parts.nonces.issue());
  };
}

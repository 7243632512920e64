import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { LogController, type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { tellable, type Config } from './config.js';
import { authorityOperation, controlApi, healthOperation, installControl, observe } from './control/index.js';
import { buildCore } from './core.js';
import type { Feature } from './features/index.js';
import { BODY_LIMIT } from './http/steps/body.js';
import { answerBrokenRequest } from './http/replies/broken-request.js';
import { Nonces } from './http/credentials/digest.js';
import { frameworkErrors } from './http/every-request.js';
import { KnownPaths } from './http/known-paths.js';
import { installPipeline, type PipelineParts } from './http/pipeline.js';
import { Limits } from './http/faults/limits.js';
import { ScriptedAnswers } from './http/steps/scripted.js';
import { telemetry } from './http/telemetry.js';
import { oauth, permits, rolesFor, type Identity } from './identity/index.js';
import { systemClock, type Clock } from './kernel/clock.js';
import type { EventBus } from './kernel/events.js';
import { profiles } from './profiles/index.js';
import { tlsIdentity, type TlsIdentity } from './tls/identity.js';
import { besideHttp, finish } from './tls/server.js';
import { FIXTURES } from './version.js';
import type { World } from './world/index.js';

/** How long a request may take to arrive, so that a client that stalls does not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The parts of a running emulator that its ways in share. */
export interface App {
  readonly server: FastifyInstance;
  readonly events: EventBus;
  readonly identity: Identity;
  readonly world: World;
  /** Whether the world came from the database, and not from the fixture. */
  readonly restored: boolean;
  /** What serves https beside http, and the authority that its clients must trust. */
  readonly tls: (Pick<TlsIdentity, 'ca' | 'caFile'> & { readonly server: HttpsServer }) | undefined;
  /** Ends what would go on for long, waits and streams. `server.close()` does it too. */
  readonly endWaits: () => Promise<void>;
}

/** What a test replaces. */
export interface Replacements {
  readonly clock?: Clock;
  readonly features?: readonly Feature[];
}

/**
 * Builds the emulator with its way in. It listens nowhere yet; `server.close()` ends it and closes the database.
 *
 * @throws {DatabaseUnusable} if the database cannot be used
 * @throws {FixtureError} if the fixture cannot
 * @throws {TlsError} if the files for https cannot
 */
export async function buildApp(
  config: Config,
  { clock: base = systemClock, features }: Replacements = {},
): Promise<App> {
  const onError = (error: unknown): void => {
    server.log.error(error);
  };
  const core = await buildCore(config, base, onError, features);
  const { database, clock, events, identity, operations, restored, world } = core;
  const limits = new Limits(() => clock.now(), config);
  world.addCache(limits);
  const parts: PipelineParts = {
    defaultProfile: config.profile,
    gatekeeper: { ...identity, permits, rolesFor },
    nonces: new Nonces(clock, config.nonceMs),
    scripted: config.noControl ? undefined : new ScriptedAnswers(new URL('errors/', FIXTURES)),
    faults: config.noControl ? undefined : core.faults,
    limits,
    events,
    clock,
    paths: new KnownPaths(new URL('atlas-operations.txt', FIXTURES)),
    missing: new Set(),
    publicUrl: config.publicUrl,
    settled: () => database.settled(),
  };
  const server = newServer(config, parts);
  try {
    // A certificate is checked by the clients' own time, whatever time the emulator is given.
    const certified = await tlsIdentity(config, systemClock.now());
    const tls = certified && { ...certified, server: besideHttp(server.server, certified) };
    const gate = installPipeline(server, parts, operations);
    const tokens = { ...parts, database, store: identity.credentials, faults: gate };
    await server.register(
      scoped((at) => {
        oauth(at, tokens);
      }),
    );
    await server.register(scoped(telemetry));
    const open = [healthOperation(parts.missing), ...(certified ? [authorityOperation(certified.ca)] : [])];
    await server.register(
      scoped((at) => {
        installControl(at, open, parts);
      }),
    );
    const observation = config.noControl
      ? undefined
      : observe(
          { events, clock: base, operations },
          (project) => identity.projects.project(project) !== undefined,
        );
    if (observation) {
      world.addCache(observation.journal);
      server.addHook('preClose', observation.end);
      await server.register(
        scoped((at) => {
          controlApi(at, core, parts, observation, {
            token: config.controlToken,
            config: tellable(config),
            open,
            httpsPort: () => (tls?.server.address() as AddressInfo | null | undefined)?.port,
          });
        }),
      );
    }

    events.subscribe(({ type, data }) => {
      if (type === 'request.finished') server.log.info(data);
      else if (type === 'operation.missing') server.log.warn(data, 'a client asked for what is not emulated');
      else server.log.debug(data);
    });
    server.addHook('onClose', (_instance, done) => {
      core.close();
      done();
    });
    if (tls) server.addHook('preClose', () => finish(tls.server));
    await server.ready();
    return { server, events, identity, world, restored, tls, endWaits: async () => observation?.end() };
  } catch (error) {
    core.close();
    throw error;
  }
}

/** The one HTTP server; https hands its requests to it. */
function newServer(config: Config, parts: PipelineParts): FastifyInstance {
  return Fastify({
    logger: config.logLevel === 'silent' ? false : { level: config.logLevel, stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    // One logger for all: a child for each request costs more than it tells.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // A path's length is bounded by that of the headers; what is too long for an id is told so by its check.
    routerOptions: { maxParamLength: 100_000 },
    frameworkErrors: frameworkErrors(parts),
    clientErrorHandler: (error, socket) => {
      answerBrokenRequest(error, socket, profiles[parts.defaultProfile]);
    },
  });
}

/** A Fastify plugin whose parsers are its own. */
function scoped(install: (at: FastifyInstance) => void): FastifyPluginCallback {
  return (at, _options, done) => {
    install(at);
    done();
  };
}

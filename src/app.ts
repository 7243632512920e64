import { once, setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino, type Logger } from 'pino';
import { originsOf, redacted, type Config } from './config.js';
import { controlApi, installControl, openOperations, type Core } from './control/index.js';
import { buildCore } from './core.js';
import type { Feature } from './features/index.js';
import { BODY_LIMIT } from './http/steps/body.js';
import { handleInOrder } from './http/replies/connection.js';
import { answerBrokenRequest } from './http/replies/failures.js';
import { Nonces } from './http/credentials/digest.js';
import { KnownPaths } from './http/known-paths.js';
import { pathOf, withoutBase } from './http/paths.js';
import { protectLiteralPaths } from './http/steps/route.js';
import { plainRequest } from './http/observation/request-finished.js';
import { frameworkErrors, installPipeline, type PipelineParts } from './http/pipeline.js';
import { Limits } from './http/faults/limits.js';
import { ScriptedAnswers } from './http/steps/scripted.js';
import { Strictness } from './http/steps/strict.js';
import { oauth, permits, rolesFor } from './identity/index.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { profiles } from './profiles/index.js';
import { tlsIdentity, type TlsIdentity } from './tls/identity.js';
import { tlsNotices } from './tls/server.js';
import { FIXTURES } from './version.js';

/** A client that stalls while it sends a request must not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 60_000;

/** A running emulator: what the command, the library and tests use of it. */
export interface App extends Pick<Core, 'events' | 'identity' | 'restored' | 'world'> {
  readonly server: FastifyInstance;
  readonly log: Logger;
  /** The certificate of HTTPS, and the authority that its clients must trust; undefined without `tls`. */
  readonly tls: TlsIdentity | undefined;
  /** Servers that pass their requests to Fastify's: for HTTPS and for further addresses. Closed with it. */
  readonly others: Server[];
  /** Ends event streams and waiting requests. `server.close()` does it too. */
  readonly endWaits: () => Promise<void>;
}

function withoutSchemas(): never {
  throw new Error('no route has a schema');
}

/** What a test replaces. */
export type Replacements = Partial<{ readonly clock: Clock; readonly features: readonly Feature[] }>;

/**
 * Builds the emulator. It does not listen yet; `server.close()` stops it and closes the database.
 *
 * @throws {DatabaseUnusable} if the database cannot be used
 * @throws {FixtureError} if the fixture cannot be used
 * @throws {UsageError} if the files for HTTPS cannot be used
 */
export async function buildApp(
  config: Config,
  { clock: base = systemClock, features }: Replacements = {},
): Promise<App> {
  // Not Fastify's own: a server with a logger watches the end of every response.
  const log = pino({ level: config.logLevel }, process.stderr);
  const onError = (error: unknown): void => log.error(error);
  const core = await buildCore(config, base, onError, features);
  const { database, clock, events, identity, operations, world } = core;
  const limits = new Limits(() => clock.now(), config);
  world.addCache(limits);
  const noticeOfTls = tlsNotices();
  const basePath = pathOf(config.publicUrl ?? '');
  const parts: PipelineParts = {
    log,
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
    strictness: new Strictness(config.strict, () => base.now()),
    publicUrl: config.publicUrl,
    origins: originsOf(config),
  };
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // No route has a schema for Fastify. Its compilers, Ajv among them, would be loaded for nothing.
    schemaController: {
      compilersFactory: { buildValidator: withoutSchemas, buildSerializer: withoutSchemas },
    },
    // A proxy may pass the path of the public address on, or remove it.
    rewriteUrl: ({ url = '' }) => withoutBase(url, basePath),
    // The limit of headers bounds a path; the check of an id reports one that is too long.
    routerOptions: { maxParamLength: 100_000, ignoreTrailingSlash: true },
    frameworkErrors: frameworkErrors(parts),
    clientErrorHandler: (error, socket) => {
      const notice = noticeOfTls(error, socket);
      if (notice !== undefined) log.warn(notice);
      answerBrokenRequest(error.code, socket, profiles[parts.defaultProfile]);
    },
  });
  handleInOrder(server.server);
  try {
    // Clients check a certificate by their own time, whatever the clock of the emulator.
    const tls = await tlsIdentity(config, systemClock.now());
    const others: Server[] = [];
    const faults = installPipeline(server, parts, operations);
    const open = openOperations(parts.missing, database, tls);
    const closing = new AbortController();
    // One listener for each stream and wait, however many there are.
    setMaxListeners(0, closing.signal);
    const endWaits = async (): Promise<void> => closing.abort();
    server.addHook('preClose', endWaits);
    // Each plugin has its own body parsers.
    await server.register(async (at) =>
      oauth(at, { ...parts, database, store: identity.credentials, faults }),
    );
    await server.register(async (at) => installControl(at, open, parts));
    if (!config.noControl) {
      const https = (): Server | undefined => others.find((one) => one instanceof HttpsServer);
      const httpsPort = () => (https()?.address() as AddressInfo | null | undefined)?.port;
      const waits = { clock: base, closing: closing.signal };
      const settings = {
        token: config.controlToken,
        config: redacted(config),
        open,
        httpsPort,
        ...waits,
        noFindings: config.noFindings,
      };
      await server.register(async (at) => controlApi(at, core, parts, settings));
    }
    protectLiteralPaths(server, parts.paths);

    const logsRequests = log.isLevelEnabled('info');
    events.subscribe(({ type, data }) => {
      if (type === 'request.finished') {
        if (logsRequests) log.info(plainRequest(data));
      } else if (type === 'operation.missing') log.warn(data, 'operation is not emulated');
      else log.debug(data);
    });
    server.addHook('preClose', async () => {
      const open = others.filter((one) => one.listening);
      await Promise.all(open.map((one) => once(one.close(), 'close')));
    });
    server.addHook('onClose', async () => core.close());
    await server.ready();
    return { ...core, server, log, others, tls, endWaits };
  } catch (error) {
    core.close();
    throw error;
  }
}

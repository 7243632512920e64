import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import Fastify, { LogController, type FastifyInstance, type FastifyPluginCallback } from 'fastify';
import { tellable, type Config } from './config.js';
import { authority, authorityOperation } from './control/authority.js';
import { faultMigrations, FaultStore } from './control/fault-store.js';
import { faultOperations } from './control/faults.js';
import { health, healthOperation } from './control/health.js';
import {
  AccessGuard,
  clockOperations,
  configurationOperation,
  installControl,
  observe,
  openapiOperations,
  projectAccess,
  projectControl,
  World,
  worldOperations,
} from './control/index.js';
import type { AnyControlOperation } from './control/operation.js';
import { features, type Services } from './features/index.js';
import { BODY_LIMIT } from './http/body.js';
import { Nonces } from './http/digest.js';
import { reasonLine } from './http/exchange.js';
import { frameworkErrors, installLadder, type LadderParts } from './http/ladder.js';
import { Limits } from './http/limits.js';
import { ScriptedAnswers } from './http/scripted.js';
import { telemetry } from './http/telemetry.js';
import {
  FixtureError,
  fixtureSchema,
  gatekeeperOf,
  identityTables,
  PropertyStore,
  type FixtureSection,
  identityMigrations,
  CredentialStore,
  organizationOperations,
  ProjectStore,
  type DeletionBlocker,
  type Identity,
  oauth,
  projectOperations,
} from './identity/index.js';
import { systemClock, type Clock } from './kernel/clock.js';
import { SOURCE, type Condition } from './kernel/conditions.js';
import { Database, type Transaction } from './kernel/database.js';
import { MovableClock } from './kernel/movable-clock.js';
import { snapshotMigrations, Snapshots } from './kernel/snapshots.js';
import { EventBus } from './kernel/events.js';
import { objectIds } from './kernel/ids.js';
import { Scheduler } from './kernel/scheduler.js';
import { dress, profilesOf } from './profiles/index.js';
import { besideHttp, finish, tlsIdentity, type TlsIdentity } from './tls/index.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** The version of the package. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** How long a request may take to arrive, so that a client that stalls does not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 60_000;

/** The parts of a running emulator that its ways in share. */
export interface App {
  readonly server: FastifyInstance;
  readonly events: EventBus;
  readonly identity: Identity;
  /** Whether the world came from the database, and not from the fixture. */
  readonly restored: boolean;
  /** What serves https beside http, and the authority that its clients must trust. */
  readonly tls: (Pick<TlsIdentity, 'ca' | 'caFile'> & { readonly server: HttpsServer }) | undefined;
}

/** What a test replaces. */
export interface Replacements {
  readonly clock?: Clock;
}

/**
 * Builds the emulator: the one place where its parts meet. It listens nowhere yet; `server.close()` ends it and
 * closes the database.
 *
 * @throws {DatabaseUnusable} if the database cannot be used
 * @throws {FixtureError} if the fixture cannot
 * @throws {TlsError} if the files for https cannot
 */
export async function buildApp(
  config: Config,
  { clock: base = systemClock }: Replacements = {},
): Promise<App> {
  const clock = new MovableClock(base);
  const now = (): number => clock.now();
  const database = Database.open(config.db, [
    ...identityMigrations,
    ...features.flatMap((feature) => feature.migrations),
    ...snapshotMigrations,
    ...faultMigrations,
  ]);
  try {
    // A certificate is checked by the clients' own time, whatever time the emulator is given.
    const identityForTls = await tlsIdentity(config, systemClock.now());
    const events = new EventBus(() => base.now());
    const identity: Identity = {
      projects: new ProjectStore(database, now),
      credentials: new CredentialStore(database, now),
    };
    const scheduler = new Scheduler(clock, database, (error) => {
      server.log.error(error);
    });
    const services: Services = {
      database,
      clock,
      events,
      scheduler,
      // A clock that was moved far ahead would make them longer.
      newId: objectIds(() => base.now()),
      durations: config,
    };
    const running = features.map((feature) => ({ feature, at: feature.start(services) }));

    const blockers = running.flatMap<DeletionBlocker>(({ at }) =>
      at.blocksDeletion ? [at.blocksDeletion] : [],
    );

    const sections: FixtureSection[] = running.flatMap(({ feature, at }) =>
      feature.fixture && at.load
        ? [{ ...feature.fixture, load: at.load, ...(at.save && { save: at.save }) }]
        : [],
    );
    const faults = new FaultStore(database);
    const world = new World({
      database,
      clock,
      events,
      scheduler,
      snapshots: new Snapshots(database, [
        ...identityTables,
        ...features.flatMap((feature) => feature.tables ?? []),
        { name: 'faults', key: 'id', project: 'project_id' },
      ]),
      identity,
      sections,
      properties: new PropertyStore(database),
      running: running.map(({ at }) => at),
      onRestore: () => {
        faults.reload();
      },
    });
    const restored = !identity.projects.isEmpty();
    if (restored) {
      await world.goOn();
    } else {
      await seed(config, database, (text, transaction) => {
        world.begin(text, transaction);
      });
    }

    const gatekeeper = gatekeeperOf(identity);
    const parts: LadderParts = {
      profiles: profilesOf(features.map((feature) => feature.errors)),
      defaultProfile: config.profile,
      gatekeeper,
      nonces: new Nonces(clock, config.nonceMs),
      scripted: config.noControl ? undefined : new ScriptedAnswers(new URL('errors/', FIXTURES)),
      faults: config.noControl ? undefined : faults,
      limits: new Limits(now, config),
      events,
      clock,
      missing: new Set(),
      publicUrl: config.publicUrl,
      settled: () => database.settled(),
    };
    const server: FastifyInstance = Fastify({
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
        answerBrokenRequest(error, socket, parts);
      },
    });
    const operations = [
      ...organizationOperations(identity),
      ...projectOperations({
        ...identity,
        database,
        newId: services.newId,
        now,
        blockers,
        onCreate: (id) => {
          world.remember(id);
        },
      }),
      ...running.flatMap(({ at }) => at.operations),
    ];
    const gate = installLadder(server, parts, operations);
    await server.register(
      scope((at) => {
        oauth(at, { ...parts, database, store: identity.credentials, faults: gate });
      }),
      { prefix: '/api/oauth' },
    );
    await server.register(scope(telemetry));
    health(server, VERSION, parts.missing);
    if (identityForTls) authority(server, identityForTls.ca);
    if (!config.noControl) {
      const observation = observe({ events, clock: base, version: VERSION });
      server.addHook('preClose', observation.end);
      await server.register(
        scope((at) => {
          const controls: AnyControlOperation[] = [
            ...projectControl({ identity, database, world, newId: services.newId, now }),
            projectAccess(identity),
            configurationOperation(tellable(config)),
            ...clockOperations(world.time),
            ...worldOperations(world, fixtureSchema(sections)),
            ...running.flatMap((one) => one.at.control ?? []),
            ...faultOperations(faults, operations),
            ...observation.operations,
            ...openapiOperations({
              ...parts,
              operations,
              controls: () => controls,
              open: [healthOperation, ...(identityForTls ? [authorityOperation] : [])],
              guarded: config.controlToken !== undefined,
              version: VERSION,
              fixtures: FIXTURES,
            }),
          ];
          installControl(at, controls, {
            gatekeeper,
            guard: new AccessGuard(config.controlToken),
            settled: parts.settled,
          });
        }),
      );
    }

    events.subscribe(({ type, data }) => {
      if (type === 'request.finished') server.log.info(data);
      else if (type === 'operation.missing') server.log.warn(data, 'a client asked for what is not emulated');
      else server.log.debug(data);
    });
    for (const { at } of running) if (at.due) scheduler.add(at.due);
    server.addHook('onClose', (_instance, done) => {
      scheduler.stop();
      database.close();
      done();
    });
    const tls = identityForTls && {
      ...identityForTls,
      server: besideHttp(server.server, identityForTls),
    };
    if (tls) server.addHook('preClose', () => finish(tls.server));
    await server.ready();
    return { server, events, identity, restored, tls };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A Fastify plugin whose parsers are its own. */
function scope(install: (at: FastifyInstance) => void): FastifyPluginCallback {
  return (at, _options, done) => {
    install(at);
    done();
  };
}

async function seed(
  config: Config,
  database: Database,
  load: (text: string, transaction: Transaction) => void,
): Promise<void> {
  const path = config.fixture ?? new URL('default.json', FIXTURES);
  try {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new FixtureError(`it cannot be read: ${(error as Error).message}`);
    }
    await database.write((transaction) => {
      load(text, transaction);
    });
  } catch (error) {
    throw error instanceof FixtureError
      ? new FixtureError(`${config.fixture ?? 'default.json'}: ${error.message}`)
      : error;
  }
}

/** Answers what is not HTTP, or not yet a request: the connection is all there is. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, parts: LadderParts): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const sentence = `the connection brought no readable request (${error.code ?? 'unknown'})`;
  const condition: Condition = {
    name: 'malformedRequest',
    parameters: [sentence],
    problem: `The request cannot be read: ${sentence}.`,
    remedy: 'Send well-formed HTTP.',
    source: SOURCE.inferred,
  };
  const { body } = dress(parts.profiles[parts.defaultProfile], condition);
  const text = JSON.stringify({ ...body, error: status, reason: STATUS_CODES[status] });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\nX-Emulator-Reason: ${reasonLine('route', condition)}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

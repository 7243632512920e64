import type { FastifyInstance } from 'fastify';
import type { FaultStore } from '../http/faults/store.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { PipelineParts } from '../http/pipeline.js';
import type { Identity } from '../identity/index.js';
import type { Kernel } from '../kernel/kernel.js';
import { fixtureSchema, type FixtureSection, type RunningFeature, type World } from '../world/index.js';
import { clockOperations } from './clock.js';
import { Judge } from './contract/judge.js';
import { contractOperations } from './contract/operations.js';
import { documentOperations } from './documents/control.js';
import { faultOperations } from './faults/faults.js';
import { installInspector } from './inspector.js';
import { installControl } from './install.js';
import { eventStream } from './journal/event-stream.js';
import { Journal } from './journal/journal.js';
import { requestLineOperations } from './journal/request-lines.js';
import { requestOperations, type Observed } from './journal/requests.js';
import { pactOperations } from './pact.js';
import { projectControl } from './projects.js';
import { configurationOperation, indexOperation } from './server.js';
import { worldOperations } from './world.js';

/** The emulator without its ports: its state, its time, and the operations on them. */
export interface Core extends Kernel {
  readonly identity: Identity;
  readonly world: World;
  readonly faults: FaultStore;
  readonly sections: readonly FixtureSection[];
  readonly running: readonly RunningFeature[];
  /** The operations of Atlas that are emulated. */
  readonly operations: readonly AtlasOperation[];
  /** Whether the world came from the database, and not from the fixture. */
  readonly restored: boolean;
}

/** How the control API is served. */
export interface ControlSettings extends Pick<Observed, 'clock' | 'closing'> {
  /** What a client must send; undefined where the API is open. */
  readonly token: string | undefined;
  /** The settings of the emulator, without secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Operations that are served apart, without a token. */
  readonly open: readonly ControlOperation[];
  /** Whether requests are not judged. */
  readonly noFindings: boolean;
  /** Where https is served, once it is; undefined where it is not. */
  readonly httpsPort: () => number | undefined;
}

/** Serves the control API in a scope of its own. */
export async function controlApi(
  scope: FastifyInstance,
  core: Core,
  pipeline: PipelineParts,
  { token, config, open, httpsPort, clock, closing, noFindings }: ControlSettings,
): Promise<void> {
  const { identity, world, faults, sections, running, operations, events } = core;
  const journal = new Journal(events, {}, (project) => identity.projects.project(project) !== undefined);
  world.addCache(journal);
  const judge = noFindings ? undefined : new Judge(core, clock);
  if (judge) world.addCache(judge);
  const observed = { events, clock, operations, journal, closing };
  const controls: ControlOperation[] = [
    indexOperation,
    ...projectControl(core, journal, httpsPort),
    configurationOperation(config),
    ...clockOperations(world.time),
    ...worldOperations(world, fixtureSchema(sections)),
    ...running.flatMap(({ control }) => control ?? []),
    ...faultOperations(faults, operations),
    ...requestOperations(observed),
    ...requestLineOperations(journal, events, judge?.findings),
    eventStream(observed),
    ...contractOperations(judge, operations),
    ...pactOperations(core),
    ...documentOperations(operations, () => [...open, ...controls], pipeline.scripted, token !== undefined),
  ];
  await installControl(scope, controls, pipeline, { token });
  installInspector(scope);
}

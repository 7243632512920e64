import type { FastifyInstance } from 'fastify';
import type { FaultStore } from '../http/faults/store.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { PipelineParts } from '../http/pipeline.js';
import type { Identity } from '../identity/index.js';
import type { Kernel } from '../kernel/kernel.js';
import { fixtureSchema, type FixtureSection, type RunningFeature, type World } from '../world/index.js';
import { clockOperations } from './clock.js';
import { documentOperations } from './documents/operations.js';
import { faultOperations } from './faults/faults.js';
import { installControl } from './install.js';
import type { Observation } from './journal/observation.js';
import { projectControl } from './projects.js';
import { configurationOperation } from './server.js';
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
export interface ControlSettings {
  /** What a client must send; undefined where the API is open. */
  readonly token: string | undefined;
  /** The settings of the emulator, without secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Operations that are served apart, without a token. */
  readonly open: readonly ControlOperation[];
  /** Where https is served, once it is; undefined where it is not. */
  readonly httpsPort: () => number | undefined;
}

/** Serves the control API in a scope of its own. */
export async function controlApi(
  scope: FastifyInstance,
  core: Core,
  pipeline: PipelineParts,
  observation: Observation,
  { token, config, open, httpsPort }: ControlSettings,
): Promise<void> {
  const { world, faults, sections, running, operations } = core;
  const controls: ControlOperation[] = [
    ...projectControl(core, httpsPort, (project) => {
      observation.journal.forget(project);
    }),
    configurationOperation(config),
    ...clockOperations(world.time),
    ...worldOperations(world, fixtureSchema(sections)),
    ...running.flatMap(({ control }) => control ?? []),
    ...faultOperations(faults, operations),
    ...observation.operations,
    ...documentOperations(operations, () => [...open, ...controls], pipeline.scripted, token !== undefined),
  ];
  await installControl(scope, controls, pipeline, { token });
}

import type { FastifyInstance } from 'fastify';
import { clockOperations } from './clock.js';
import { configurationOperation } from './configuration.js';
import type { FaultStore } from './faults/fault-store.js';
import { faultOperations } from './faults/faults.js';
import { checkAccess } from './guard.js';
import { installControl } from './install.js';
import type { Observation } from './journal/observation.js';
import { documentOperations } from './documents/operations.js';
import { projectControl } from './projects.js';
import type { World } from '../world/world.js';
import { worldOperations } from './world.js';
import type { AtlasOperation, ControlOperation } from '../http/operation.js';
import type { PipelineParts } from '../http/pipeline.js';
import type { Identity } from '../identity/index.js';
import { fixtureSchema, type FixtureSection, type RunningFeature } from '../world/index.js';
import type { Kernel } from '../kernel/kernel.js';

/** The emulator without a way in: its state, its time, and what can be done with them. */
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

/** How it is served. */
export interface ControlSettings {
  readonly pipeline: PipelineParts;
  readonly observation: Observation;
  /** What a client must bring; undefined where it is open. */
  readonly token: string | undefined;
  /** The settings of the emulator, without secrets. */
  readonly told: Readonly<Record<string, unknown>>;
  readonly version: string;
  readonly fixtures: URL;
  /** Operations that are served apart, without a token. */
  readonly open: readonly ControlOperation[];
  /** Where https is served, once it is; undefined where it is not. */
  readonly httpsPort: () => number | undefined;
}

/** Serves the control API in a scope of its own. */
export function controlApi(
  scope: FastifyInstance,
  core: Core,
  { pipeline, observation, token, told, version, fixtures, open, httpsPort }: ControlSettings,
): void {
  const { world, faults, sections, running, operations } = core;
  const controls: ControlOperation[] = [
    ...projectControl({ ...core, httpsPort }),
    configurationOperation(told),
    ...clockOperations(world.time),
    ...worldOperations(world, fixtureSchema(sections)),
    ...running.flatMap(({ control }) => control ?? []),
    ...faultOperations(faults, operations),
    ...observation.operations,
    ...documentOperations({
      ...pipeline,
      operations,
      controls: () => [...open, ...controls],
      guarded: token !== undefined,
      version,
      fixtures,
    }),
  ];
  installControl(scope, controls, {
    gatekeeper: pipeline.gatekeeper,
    guard(request) {
      checkAccess(request, token);
    },
    settled: pipeline.settled,
  });
}

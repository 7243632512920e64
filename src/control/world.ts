import { Type, type TSchema } from '@sinclair/typebox';
import { ControlError, controlOperation, type AnyControlOperation } from './operation.js';
import { FIXTURE_LIMIT, type Fixture } from '../world/index.js';
import type { World } from '../world/world.js';

const name = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'a name of your own; a snapshot of the same name is replaced',
});
const snapshot = Type.Object(
  {
    name,
    takenAt: Type.String({ description: "when it was taken, in the emulator's time (ISO 8601)" }),
  },
  { title: 'Snapshot', description: 'A snapshot.' },
);

/** Dots alone are no part of a path, which is how a snapshot is named later. @throws {ControlError} 400 */
function checkName(wanted: string): void {
  if (!/^\.{1,2}$/.test(wanted)) return;
  throw new ControlError(400, `No path can name a snapshot ${wanted}: send another name.`);
}

/** Reset, snapshots, and the world as a fixture. None of them signs a client out. */
export function worldOperations(world: World, fixture: TSchema): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'reset',
      method: 'POST',
      path: '/reset',
      scope: 'both',
      summary: 'Goes back to the fixture; a project that was made, to its making.',
      status: 204,
      errors: [409],
      handle: ({ project }) => world.reset(project?.id),
    }),
    controlOperation({
      id: 'listSnapshots',
      method: 'GET',
      path: '/snapshots',
      scope: 'both',
      summary: 'Lists the snapshots of the scope.',
      response: Type.Object({ snapshots: Type.Array(snapshot, { description: 'oldest first' }) }),
      handle: ({ project }) => ({ snapshots: world.snapshots(project?.id) }),
    }),
    controlOperation({
      id: 'takeSnapshot',
      method: 'POST',
      path: '/snapshots',
      scope: 'both',
      summary: 'Takes a snapshot: resources, rules and the clock.',
      body: Type.Object({ name }, { additionalProperties: false }),
      response: snapshot,
      status: 201,
      async handle({ project, body }) {
        checkName(body.name);
        await world.snapshot(project?.id, body.name);
        return world.snapshots(project?.id).find((one) => one.name === body.name);
      },
    }),
    controlOperation({
      id: 'restoreSnapshot',
      method: 'POST',
      path: '/snapshots/:name/restore',
      scope: 'both',
      summary: 'Goes back to a snapshot, the time it was taken at included.',
      status: 204,
      errors: [409],
      handle: ({ project, parameters }) => world.restore(project?.id, parameters.name ?? ''),
    }),
    controlOperation({
      id: 'removeSnapshot',
      method: 'DELETE',
      path: '/snapshots/:name',
      scope: 'both',
      summary: 'Removes a snapshot.',
      status: 204,
      async handle({ project, parameters }) {
        const wanted = parameters.name ?? '';
        if (!(await world.removeSnapshot(project?.id, wanted))) {
          throw new ControlError(404, `There is no snapshot ${wanted} here.`);
        }
      },
    }),
    controlOperation({
      id: 'exportFixture',
      method: 'GET',
      path: '/fixture',
      scope: 'server',
      summary:
        'The world as it is now, as a fixture that can be loaded again: what to send with a bug report.',
      response: fixture,
      errors: [409],
      handle: () => world.export(),
    }),
    controlOperation({
      id: 'loadFixture',
      method: 'PUT',
      path: '/fixture',
      scope: 'server',
      summary: 'Puts a fixture in the place of the world; a reset comes back to it.',
      body: fixture,
      status: 204,
      bodyLimit: FIXTURE_LIMIT,
      handle: ({ body }) => world.load(body as Fixture),
    }),
  ];
}

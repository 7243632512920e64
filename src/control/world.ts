import { Type, type TSchema } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { component, list, moment, strict, text } from '../http/schema.js';
import { FIXTURE_LIMIT, type Fixture, type World } from '../world/index.js';

const replaced = 'your name for it; a snapshot of the same name is replaced';
const name = text(replaced, { minLength: 1, maxLength: 100 });
const snapshot = component('Snapshot', 'A snapshot.', {
  name,
  takenAt: moment("when it was taken, in the emulator's time"),
});

const resets = controlGroup('/reset', {
  scope: 'both',
  tag:
    'Return to the initial state. A reset or restore that deletes more than 10,000 items of a resource is not atomic: ' +
    'it deletes them in batches first. Requests see fewer items meanwhile; after a crash, repeat it.',
});
const snapshots = controlGroup('/snapshots', {
  scope: 'both',
  tag: 'States of the world that can be restored.',
  parameters: { name: text('Name of a snapshot.') },
});
const fixtures = controlGroup('/fixture', { scope: 'server', tag: 'The world as one JSON document.' });

/** Reset, snapshots, and the world as a fixture. None of them invalidates a token of a client that remains. */
export function worldOperations(world: World, fixture: TSchema): readonly ControlOperation[] {
  return [
    resets('reset', 'POST', '', {
      summary: 'Restores the fixture; restores a project created by the control API as it was created.',
      errors: [409],
      handle: ({ project }) => world.reset(project?.id),
    }),
    snapshots('listSnapshots', 'GET', '', {
      summary: 'Lists the snapshots of the scope.',
      response: Type.Object({ snapshots: list('oldest first', snapshot) }),
      handle: ({ project }) => ({ snapshots: world.snapshots(project?.id) }),
    }),
    snapshots('takeSnapshot', 'POST', '', {
      summary: 'Takes a snapshot: resources, rules and the clock.',
      body: { schema: Type.Object({ name }, strict) },
      response: snapshot,
      status: 201,
      handle({ project, body }) {
        // A client would resolve the segment . or .. of a path, and cannot encode half of a surrogate pair.
        if (/^\.{1,2}$|\p{Surrogate}/u.test(body.name)) {
          throw new ControlError(400, `No path can name a snapshot ${body.name}: send another name.`);
        }
        return world.snapshot(project?.id, body.name);
      },
    }),
    snapshots('restoreSnapshot', 'POST', '/:name/restore', {
      summary: 'Restores a snapshot, including its time.',
      errors: [409],
      handle: ({ project, parameters }) => world.restore(project?.id, parameters.name),
    }),
    snapshots('removeSnapshot', 'DELETE', '/:name', {
      summary: 'Removes a snapshot.',
      handle: ({ project, parameters }) => world.removeSnapshot(project?.id, parameters.name),
    }),
    fixtures('exportFixture', 'GET', '', {
      summary: 'Exports the world as a fixture that can be loaded again, for example for a bug report.',
      response: fixture,
      errors: [409],
      handle: () => world.export(),
    }),
    fixtures('loadFixture', 'PUT', '', {
      summary: 'Replaces the world with a fixture, which later resets restore.',
      body: { schema: fixture, limit: FIXTURE_LIMIT },
      handle: ({ body }) => world.load(body as Fixture),
    }),
  ];
}

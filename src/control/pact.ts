import { Type, type Static } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { oneOf, record, text } from '../http/schema.js';
import { OBJECT_ID } from '../kernel/ids.js';
import type { StoredProject } from '../identity/index.js';
import type { ProviderState } from '../world/index.js';
import type { Core } from './api.js';

/** The snapshot of a project before the first state, which a teardown restores. */
const SNAPSHOT = 'pact';

/** A project, with what is there. */
const PROJECT = 'a project';

/** What Pact's verifier sends; other members are ignored. */
const change = Type.Object({
  state: text('The provider state, such as `a private link that is DONE`.'),
  action: Type.Optional(oneOf(['setup', 'teardown'], 'What to do.', { default: 'setup' })),
  params: Type.Optional(
    Type.Union(
      [record('Its parameters: groupId, and the fields of what is created.', Type.Unknown()), Type.Null()],
      {
        description: 'Its parameters.',
      },
    ),
  ),
});

const pact = controlGroup('/pact', { scope: 'server', tag: 'Provider states of Pact.' });

/** `POST /pact/states`: provider states, in the form of Pact's verifier. */
export function pactOperations(core: Core): readonly ControlOperation[] {
  const states = core.running.flatMap((feature) => feature.providerStates ?? []);
  return [
    pact('changeProviderState', 'POST', '/states', {
      summary:
        'Sets a provider state of Pact up, or tears it down: see docs/contract.md. Returns values for the contract.',
      body: { schema: change },
      response: record('The values of the state, such as groupId and connectionId.', Type.String()),
      errors: [409],
      async handle({ body }) {
        const project = projectOf(core, body);
        if (body.action === 'teardown') {
          await tearDown(core, project);
          return {};
        }
        return {
          groupId: project.id,
          orgId: project.organizationId,
          ...(await setUp(core, states, project, body)),
        };
      },
    }),
  ];
}

/** The project of a state: that of the parameter groupId, else the seeded observed one. @throws {ControlError} */
function projectOf({ identity: { projects } }: Core, { params }: Static<typeof change>): StoredProject {
  const { groupId } = params ?? {};
  if (groupId === undefined) {
    const seeded = projects.all().find(({ profile }) => profile === 'observed');
    if (seeded) return seeded;
    throw new ControlError(409, 'There is no observed project: send the parameter groupId.');
  }
  const project =
    typeof groupId === 'string' && OBJECT_ID.test(groupId) ? projects.project(groupId) : undefined;
  if (project) return project;
  throw new ControlError(404, `There is no project ${JSON.stringify(groupId)}: groupId names none.`);
}

/** Sets a state up. Several states of an interaction add up. @throws {ControlError} 400 if there is no such state */
async function setUp(
  { world, database }: Core,
  states: readonly ProviderState[],
  project: StoredProject,
  { state, params }: Static<typeof change>,
): Promise<Readonly<Record<string, string>>> {
  const { groupId, ...fields } = params ?? {};
  const known = [PROJECT, ...states.flatMap(({ examples }) => examples)];
  if (!known.includes(state)) {
    throw new ControlError(
      400,
      `There is no provider state ${JSON.stringify(state)}. There are: ${known.join(', ')}.`,
    );
  }
  if (!hasSnapshot(world, project)) await world.snapshot(project.id, SNAPSHOT);
  if (state === PROJECT) return {};
  return database.write((transaction) => {
    for (const one of states) {
      const values = one.setUp(transaction, project, state, fields);
      if (values) return values;
    }
    return {};
  });
}

/** Restores what was there before the first state, but not the time. */
async function tearDown(
  { world, database, identity, scheduler }: Core,
  { id, clock }: StoredProject,
): Promise<void> {
  if (!hasSnapshot(world, { id })) return;
  await world.restore(id, SNAPSHOT);
  await world.removeSnapshot(id, SNAPSHOT);
  await database.write((transaction) => {
    identity.projects.setClock(id, clock);
    world.time.settle(transaction, id);
  });
  await scheduler.finish();
}

function hasSnapshot(world: Core['world'], { id }: { readonly id: string }): boolean {
  return world.snapshots(id).some(({ name }) => name === SNAPSHOT);
}

import { Type } from '@sinclair/typebox';
import { ControlError, controlOperation, type AnyControlOperation } from '../http/control-operation.js';
import type { Project } from '../http/gatekeeper.js';
import { Refusal } from '../profiles/index.js';
import type { Transaction } from '../kernel/database.js';
import { loadItem } from './fixture.js';
import type { Items } from './items.js';
import { past, type Path, type Stage } from './lifecycle.js';
import { namesOf } from './names.js';
import type { ItemRule, ItemRules } from './rules.js';
import { errorMessage, itemSchema, reportSchema, ruleSchema, stateSchema } from './schema.js';
import type { CurrentItem } from './store.js';

/** What the control API does with the items of a resource. */
export function stateControl<Sent extends object>(items: Items<Sent>): readonly AnyControlOperation[] {
  const { resource } = items;
  const { parameter, failed } = resource;
  const { one, path, title } = namesOf(resource.name);
  const body = Type.Object(
    { state: stateSchema(resource), ...(failed !== undefined && { errorMessage: errorMessage(failed) }) },
    { additionalProperties: false },
  );
  const common = { scope: 'project', response: reportSchema(resource) } as const;
  const itemPath = `/${path}/:${parameter}`;

  type Work = (transaction: Transaction, project: Project, item: CurrentItem<Sent>) => void;
  const change = async (given: Project | undefined, id: string, work: Work): Promise<object> => {
    const project = inProject(given);
    await items.write((transaction) => {
      work(transaction, project, existing(items, project, id));
    });
    return report(items, project, id);
  };
  const verb = (
    name: string,
    summary: string,
    work: Work,
    errors: readonly number[] = [],
  ): AnyControlOperation =>
    controlOperation({
      ...common,
      id: `${name}${title}`,
      method: 'POST',
      path: `${itemPath}/${name}`,
      summary,
      ...(errors.length > 0 && { errors }),
      handle: ({ project, parameters }) => change(project, parameters[parameter] ?? '', work),
    });
  const refuseUnlessHeld = ({ rest }: CurrentItem<Sent>, message: string): void => {
    if (rest.length === 0) throw new ControlError(409, message);
  };
  return [
    ...(resource.addedByControl ? [adding(items)] : []),
    controlOperation({
      ...common,
      id: `get${title}State`,
      method: 'GET',
      path: itemPath,
      summary: `Returns the state of a ${one} and how it came there.`,
      handle({ project, parameters }) {
        const own = inProject(project);
        return report(items, own, existing(items, own, parameters[parameter] ?? '').id);
      },
    }),
    controlOperation({
      ...common,
      id: `force${title}State`,
      method: 'PUT',
      path: `${itemPath}/state`,
      summary: `Puts a ${one} into a state, in which it stays.`,
      body,
      handle({ project, parameters, body }) {
        const { state, errorMessage } = body as { state: string; errorMessage?: string };
        if (errorMessage !== undefined && state !== failed) {
          throw new ControlError(400, `An errorMessage goes with the state ${failed ?? ''} alone.`);
        }
        return change(project, parameters[parameter] ?? '', (transaction, own, item) => {
          const forced: Path = [...past(item.path, own.now), [state, own.now, 'forced']];
          items.replace(transaction, own, item, {
            ...item,
            path: forced,
            rest: [],
            readsLeft: undefined,
            errorMessage: errorMessage ?? item.errorMessage,
          });
        });
      },
    }),
    verb('hold', `Holds a ${one} in the state that it is in.`, (transaction, own, item) => {
      const passed = past(item.path, own.now);
      const ahead = item.path.slice(passed.length).map(([state]) => stageOf(items, own, state));
      const rest = [...ahead, ...item.rest];
      items.replace(transaction, own, item, { ...item, path: passed, rest, readsLeft: undefined });
    }),
    verb(
      'step',
      `Moves a ${one} that is held, or moves by hand or by reads, on to its next state.`,
      (transaction, own, item) => {
        refuseUnlessHeld(item, `The ${one} waits for no hand.`);
        const { movement } = own.pace;
        const byReads = item.readsLeft !== undefined && typeof movement === 'object';
        items.resume(transaction, own, item, 'forced', byReads ? movement : 'by hand');
      },
      [409],
    ),
    verb(
      'release',
      `Releases a ${one} that was held: it enters its next state now, and the others as its project moves.`,
      (transaction, own, item) => {
        refuseUnlessHeld(item, `The ${one} is not held.`);
        items.resume(transaction, own, item, 'released');
      },
      [409],
    ),
  ];
}

/** Adds an item of a resource that the Atlas API cannot create. */
function adding<Sent extends object>(items: Items<Sent>): AnyControlOperation {
  const { one, path, title } = namesOf(items.resource.name);
  return controlOperation({
    id: `add${title}`,
    method: 'POST',
    path: `/${path}`,
    scope: 'project',
    summary: `Adds a ${one}, as a fixture would.`,
    body: itemSchema(items.resource),
    response: reportSchema(items.resource),
    status: 201,
    async handle({ project, body }) {
      const own = inProject(project);
      const id = await items.write((transaction) => loadItem(items, transaction, own, body, 'created'));
      return report(items, own, id);
    },
  });
}

/** What the control API does with rules for items to come. */
export function ruleControl<Sent extends object>(
  items: Items<Sent>,
  rules: ItemRules<Sent>,
): readonly AnyControlOperation[] {
  const { resource } = items;
  const { many, rulePath, title } = namesOf(resource.name);
  const rule = ruleSchema(resource);
  const stored = Type.Object(
    {
      id: Type.String({ description: 'the id of the rule' }),
      rule,
      timesLeft: Type.Union([Type.Integer(), Type.Null()], {
        description: `for how many more ${many}; null for all`,
      }),
    },
    { title: `Kept${title}Rule`, description: 'A stored rule.' },
  );
  const common = { path: `/${rulePath}`, scope: 'both' } as const;
  return [
    controlOperation({
      ...common,
      id: `list${title}Rules`,
      method: 'GET',
      summary: `Lists the rules for ${many} that are not created yet.`,
      response: Type.Object({ rules: Type.Array(stored, { description: 'oldest first' }) }),
      handle: ({ project }) => ({ rules: rules.list(project?.id) }),
    }),
    controlOperation({
      ...common,
      id: `add${title}Rule`,
      method: 'POST',
      summary: `Determines what happens to ${many} that are not created yet.`,
      body: rule,
      response: stored,
      status: 201,
      handle: ({ project, body }) =>
        items.write(() => rules.add(project?.id, items.newId(), body as ItemRule)),
    }),
    controlOperation({
      ...common,
      id: `remove${title}Rule`,
      method: 'DELETE',
      path: `/${rulePath}/:ruleId`,
      summary: 'Removes a rule.',
      status: 204,
      handle: ({ project, parameters: { ruleId = '' } }) =>
        items.write(() => {
          if (rules.remove(project?.id, ruleId) === 0)
            throw new ControlError(404, `There is no rule ${ruleId} here.`);
        }),
    }),
    controlOperation({
      ...common,
      id: `remove${title}Rules`,
      method: 'DELETE',
      summary: 'Removes all rules of the scope.',
      status: 204,
      handle: ({ project }) => items.write(() => rules.remove(project?.id, undefined)),
    }),
  ];
}

/** The stage that a state is in the project's profile, with how long it lasts. */
function stageOf<Sent extends object>(items: Items<Sent>, project: Project, state: string): Stage {
  const { created, updated = [], deleted = [] } = items.lifecycles(project);
  return [...created, ...updated, ...deleted].find((stage) => stage.state === state) ?? { state };
}

/** The item and its history; an item that a change has removed is shown in its last state. */
function report<Sent extends object>(items: Items<Sent>, project: Project, id: string): object {
  const item = items.store.current(project.id, id, project.now);
  if (!item) return { id, state: items.resource.gone, held: false, history: [] };
  return {
    id,
    state: item.state,
    held: item.rest.length > 0,
    history: past(item.path, project.now).map(([state, at, why = 'time']) => ({
      state,
      at: new Date(at).toISOString(),
      why,
    })),
  };
}

function existing<Sent extends object>(items: Items<Sent>, project: Project, id: string): CurrentItem<Sent> {
  try {
    return items.existing(project, id);
  } catch (error) {
    throw error instanceof Refusal ? new ControlError(404, error.condition.problem) : error;
  }
}

function inProject(project: Project | undefined): Project {
  if (!project) throw new Error('an operation of project scope was called without a project');
  return project;
}

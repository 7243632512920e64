import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import type { Project } from '../http/gatekeeper.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { objectId } from '../http/shapes.js';
import type { Transaction } from '../kernel/database.js';
import { loadItem } from './fixture.js';
import type { Items } from './items.js';
import { past, type Path, type Stage } from './lifecycle.js';
import { namesOf } from './names.js';
import type { Lifecycles } from './resource.js';
import type { ItemRule } from './rules.js';
import { forceSchema, itemSchema, reportSchema, ruleSchema, storedRuleSchema } from './schema.js';
import type { CurrentItem } from './store.js';

/** What the control API does with the items of a resource. */
export function stateControl<Sent extends object>(items: Items<Sent>): readonly ControlOperation[] {
  const { resource } = items;
  const { parameter, failed } = resource;
  const { one, title } = namesOf(resource.name);
  const control = itemGroup(items);
  const itemPath = `/:${parameter}` as const;

  type Work = (transaction: Transaction, project: Project, item: CurrentItem<Sent>) => void;
  const change = async (project: Project, id: string, work: Work): Promise<object> => {
    await items.write((transaction) => {
      work(transaction, project, existing(items, project, id));
    });
    return report(items, project, id);
  };
  const verb = (name: string, summary: string, errors: readonly number[], work: Work): ControlOperation =>
    control('POST', `${itemPath}/${name}`, {
      id: `${name}${title}`,
      summary,
      errors,
      handle: ({ project, parameters }) => change(project, parameters[parameter] ?? '', work),
    });
  return [
    control('GET', itemPath, {
      id: `get${title}State`,
      summary: `Returns the state of a ${one} and how it came there.`,
      handle: ({ project, parameters }) =>
        report(items, project, existing(items, project, parameters[parameter] ?? '').id),
    }),
    control('PUT', `${itemPath}/state`, {
      id: `force${title}State`,
      summary: `Puts a ${one} into a state, in which it stays.`,
      body: { schema: forceSchema(resource) },
      handle({ project, parameters, body }) {
        const { state, errorMessage } = body as { state: string; errorMessage?: string };
        if (errorMessage !== undefined && state !== failed) {
          throw new ControlError(400, `An errorMessage goes with the state ${failed ?? ''} alone.`);
        }
        return change(project, parameters[parameter] ?? '', (transaction, own, item) => {
          const forced: Path = [...past(item.path, own.now), [state, own.now, 'forced']];
          items.replace(transaction, own, item, {
            ...item,
            ...{ path: forced, rest: [], readsLeft: undefined },
            errorMessage: errorMessage ?? item.errorMessage,
          });
        });
      },
    }),
    verb('hold', `Holds a ${one} in the state that it is in.`, [], (transaction, own, item) => {
      const passed = past(item.path, own.now);
      const ahead = item.path.slice(passed.length).map(([state]) => stageOf(items.lifecycles(own), state));
      const rest = [...ahead, ...item.rest];
      items.replace(transaction, own, item, { ...item, path: passed, rest, readsLeft: undefined });
    }),
    verb(
      'step',
      `Moves a ${one} that is held, or moves by hand or by reads, on to its next state.`,
      [409],
      (transaction, own, item) => {
        if (item.rest.length === 0) throw new ControlError(409, `The ${one} waits for no hand.`);
        const { movement } = own.pace;
        const byReads = item.readsLeft !== undefined && typeof movement === 'object';
        items.resume(transaction, own, item, 'forced', byReads ? movement : 'by hand');
      },
    ),
    verb(
      'release',
      `Releases a ${one} that was held: it enters its next state now, and the others as its project moves.`,
      [409],
      (transaction, own, item) => {
        if (item.rest.length === 0) throw new ControlError(409, `The ${one} is not held.`);
        items.resume(transaction, own, item, 'released');
      },
    ),
  ];
}

/** Declares the operations on the items of a resource. */
function itemGroup<Sent extends object>({ resource }: Items<Sent>) {
  const { one, many, path } = namesOf(resource.name);
  return controlGroup(`/${path}`, {
    scope: 'project',
    tag: { name: path, description: `States of ${many}.` },
    parameters: { [resource.parameter]: objectId(`The \`_id\` of a ${one}.`) },
    response: reportSchema(resource),
  });
}

/** Adds items of a resource that the Atlas API cannot create. */
export function addControl<Sent extends object>(items: Items<Sent>): ControlOperation {
  const { one, title } = namesOf(items.resource.name);
  return itemGroup(items)('POST', '', {
    id: `add${title}`,
    summary: `Adds a ${one}, as a fixture would.`,
    body: { schema: itemSchema(items.resource) },
    status: 201,
    async handle({ project, body }) {
      const id = await items.write((transaction) => loadItem(items, transaction, project, body, 'created'));
      return report(items, project, id);
    },
  });
}

/** What the control API does with rules for items to come. */
export function ruleControl<Sent extends object>(items: Items<Sent>): readonly ControlOperation[] {
  const { resource, rules } = items;
  const { many, rulePath, title } = namesOf(resource.name);
  const rule = ruleSchema(resource);
  const stored = storedRuleSchema(resource, rule);
  const control = controlGroup(`/${rulePath}`, {
    scope: 'both',
    tag: { name: rulePath, description: `What becomes of ${many} that are not created yet.` },
    parameters: { ruleId: Type.String({ description: 'Id of a rule.' }) },
  });
  return [
    control('GET', '', {
      id: `list${title}Rules`,
      summary: `Lists the rules for ${many} that are not created yet.`,
      response: Type.Object({ rules: Type.Array(stored, { description: 'oldest first' }) }),
      handle: ({ project }) => ({ rules: rules.list(project?.id) }),
    }),
    control('POST', '', {
      id: `add${title}Rule`,
      summary: `Determines what happens to ${many} that are not created yet.`,
      body: { schema: rule },
      response: stored,
      status: 201,
      handle: ({ project, body }) =>
        items.write(() => rules.add(project?.id, items.newId(), body as ItemRule)),
    }),
    control('DELETE', '/:ruleId', {
      id: `remove${title}Rule`,
      summary: 'Removes a rule.',
      status: 204,
      handle: ({ project, parameters: { ruleId } }) =>
        items.write(() => {
          if (rules.remove(project?.id, ruleId) === 0)
            throw new ControlError(404, `There is no rule ${ruleId} here.`);
        }),
    }),
    control('DELETE', '', {
      id: `remove${title}Rules`,
      summary: 'Removes all rules of the scope.',
      status: 204,
      handle: ({ project }) => items.write(() => rules.remove(project?.id, undefined)),
    }),
  ];
}

/** The stage that a state is in a profile, with how long it lasts. */
function stageOf({ created, updated = [], deleted = [] }: Lifecycles, state: string): Stage {
  return [...created, ...updated, ...deleted].find((stage) => stage.state === state) ?? { state };
}

/** An item and its history; one that a change has removed is shown in its last state. */
function report<Sent extends object>({ resource, store }: Items<Sent>, project: Project, id: string): object {
  const item = store.current(project.id, id, project.now);
  const { state = resource.gone, rest = [], path = [] } = item ?? {};
  const history = past(path, project.now).map(([entered, at, why = 'time']) => ({
    state: entered,
    at: new Date(at).toISOString(),
    why,
  }));
  return { id, state, held: rest.length > 0, history };
}

/** The item as it is now. @throws {ControlError} 404 */
function existing<Sent extends object>(items: Items<Sent>, project: Project, id: string): CurrentItem<Sent> {
  const item = items.store.current(project.id, id, project.now);
  if (!item) throw new ControlError(404, items.resource.notFound(id, project.id).condition.problem);
  return item;
}

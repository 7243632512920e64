import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import type { Project } from '../http/gatekeeper.js';
import { controlGroup, type Context, type ControlOperation } from '../http/operation.js';
import {
  component,
  integer,
  list,
  moment,
  objectId,
  oneOf,
  record,
  strict,
  text,
  within,
} from '../http/schema.js';
import type { Items } from './items.js';
import { past, type Path } from './lifecycle.js';
import { itemSchema, messageText, namesOf } from './resource.js';
import type { CurrentItem, Item } from './store.js';

/** What the control API does with the items of a resource. */
export function stateControl(items: Items): readonly ControlOperation[] {
  const { resource } = items;
  const { parameter, failed = '' } = resource;
  const { one, many, path, title } = namesOf(resource.name);
  const state = oneOf(resource.states, `a state of a ${one}; ${resource.gone} removes it`);
  const message = messageText(`shown while it is ${failed}`);
  const step = component(`${title}Step`, 'A state that was entered.', {
    state,
    at: moment("when it was entered, in the project's time"),
    why: text(
      'created, updated, deleted, time, read, forced, released, fixture, or cut: the states before it are not retained',
    ),
  });
  const planned = Type.Object({ state, at: moment("when it enters the state, in the project's time") });
  const shown = component(`${title}State`, `The state of a ${one}, and its history.`, {
    id: text(`the _id of the ${one}`),
    state,
    held: Type.Boolean({ description: 'whether it leaves the state only by a step, a release or reads' }),
    history: Type.Array(step, { description: 'the last 100 states it has gone through, oldest first' }),
  });
  const listed = component(
    `Listed${title}`,
    `A ${one} with the states ahead of it, and what was sent of it.`,
    {
      ...shown.properties,
      ahead: Type.Optional(
        list('the states that time will bring, in order; absent if there are none', planned),
      ),
      waiting: Type.Optional(
        list(
          'the states that a step, a release or reads will bring, in order; absent if there are none',
          state,
        ),
      ),
      sent: record(`what a client or a fixture sent of the ${one}`, Type.Unknown()),
    },
  );
  const control = controlGroup(`/${path}`, {
    scope: 'project',
    tag: `States of ${many}.`,
    parameters: { [parameter]: objectId(`The \`_id\` of a ${one}.`) },
    response: shown,
  });
  /** A handler that replaces an item, and returns its state. */
  const change =
    (changed: (project: Project, item: CurrentItem<object>, body: unknown) => Item<object>) =>
    ({ project, parameters, body }: Context<`/_emulator/projects/:groupId/:${string}`>): Promise<object> => {
      const id = parameters[parameter] ?? '';
      return items.write(project, (transaction) => {
        const item = existing(items, project, id);
        items.put(transaction, project, changed(project, item, body), item);
        return report(items, project, id);
      });
    };
  const add = control(`add${title}`, 'POST', '', {
    summary: `Adds a ${one}, as a fixture would.`,
    body: { schema: itemSchema(resource) },
    status: 201,
    handle: ({ project, body }) =>
      items.write(project, (transaction) =>
        report(items, project, items.load(transaction, project, body, 'created')),
      ),
  });
  return [
    ...(resource.addedByControl ? [add] : []),
    control(`list${title}States`, 'GET', '', {
      summary: `Lists the last ${many} of a project, oldest first, each with its state, history and what is ahead.`,
      query: Type.Object({
        limit: within(1, 10_000, `The maximum number of ${many}.`, { default: 1000 }),
        id: Type.Optional(objectId(`the _id of a ${one}: the others are left out`)),
      }),
      response: Type.Object({
        results: list(`The ${many}, oldest first.`, listed),
        totalCount: integer(`The number of ${many} of the project.`),
      }),
      handle({ project: { id: projectId, now }, query: { limit, id } }) {
        const { store } = items;
        const totalCount = store.count(projectId, now);
        const found =
          id === undefined
            ? store.slice(projectId, now, limit, Math.max(0, totalCount - limit))
            : [store.current(projectId, id, now) ?? []].flat();
        return { results: found.map((item) => listedOf(item, now)), totalCount };
      },
    }),
    control(`get${title}State`, 'GET', `/:${parameter}`, {
      summary: `Returns the state of a ${one} and its history.`,
      handle: ({ project, parameters }) =>
        report(items, project, existing(items, project, parameters[parameter] ?? '').id),
    }),
    control(`force${title}State`, 'PUT', `/:${parameter}/state`, {
      summary: `Puts a ${one} into a state, in which it stays.`,
      body: {
        schema: Type.Object({ state, ...(failed && { errorMessage: Type.Optional(message) }) }, strict),
      },
      handle: change((project, item, body) => {
        const { state, errorMessage } = body as { state: string; errorMessage?: string };
        if (errorMessage !== undefined && state !== failed) {
          throw new ControlError(400, `An errorMessage goes with the state ${failed} alone.`);
        }
        const forced = items.plan(project, [{ state }], 'forced', item);
        return { ...item, ...forced, errorMessage: errorMessage ?? item.errorMessage };
      }),
    }),
    control(`hold${title}`, 'POST', `/:${parameter}/hold`, {
      summary: `Holds a ${one} in the state that it is in.`,
      handle: change((project, item) => {
        const passed = past(item.path, project.now);
        const { created, updated = [], deleted = [] } = resource.profiles[project.profile];
        const stages = [...created, ...updated, ...deleted];
        const ahead = item.path
          .slice(passed.length)
          .map(([state]) => stages.find((stage) => stage.state === state) ?? { state });
        return { ...item, path: passed, rest: [...ahead, ...item.rest], readsLeft: null };
      }),
    }),
    control(`step${title}`, 'POST', `/:${parameter}/step`, {
      summary: `Moves a ${one} that is held, or that only moves by hand or by reads, to its next state.`,
      errors: [409],
      handle: change((project, item) => {
        if (item.rest.length === 0) {
          const problem = `The ${one} is not held, nor does its project move by hand or by reads.`;
          throw new ControlError(409, problem);
        }
        const { movement } = project.pace;
        const byReads = item.readsLeft !== null && typeof movement === 'object';
        return items.resumed(project, item, 'forced', byReads ? movement : 'by hand');
      }),
    }),
    control(`release${title}`, 'POST', `/:${parameter}/release`, {
      summary: `Releases a ${one} that was held: it enters its next state now, and the others as its project moves.`,
      errors: [409],
      handle: change((project, item) => {
        if (item.rest.length === 0) throw new ControlError(409, `The ${one} is not held.`);
        return items.resumed(project, item, 'released');
      }),
    }),
  ];
}

/** An item and its history; one that a change has removed is shown in its last state. */
function report({ resource, store }: Items, project: Project, id: string): object {
  const item = store.current(project.id, id, project.now);
  const { state = resource.gone, rest = [], path = [] } = item ?? {};
  return { id, state, held: rest.length > 0, history: past(path, project.now).map(stepOf) };
}

/** An item with the states that time will bring, and those that wait for something else. */
function listedOf({ id, state, rest, path, sent }: CurrentItem<object>, now: number): object {
  const history = past(path, now).map(stepOf);
  const ahead = path.slice(history.length).map(stepOf);
  return {
    ...{ id, state, held: rest.length > 0, history },
    ...(ahead.length > 0 && { ahead: ahead.map(({ state, at }) => ({ state, at })) }),
    ...(rest.length > 0 && { waiting: rest.map((stage) => stage.state) }),
    sent,
  };
}

function stepOf([state, at, why = 'time']: Path[number]) {
  return { state, at: new Date(at).toISOString(), why };
}

/** The item as it is now. @throws {ControlError} 404 */
function existing(items: Items, project: Project, id: string): CurrentItem<object> {
  const item = items.store.current(project.id, id, project.now);
  if (!item) throw new ControlError(404, items.resource.notFound(id, project.id).condition.problem);
  return item;
}

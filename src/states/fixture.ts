import { Type } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import type { Project } from '../http/gatekeeper.js';
import { strict, within } from '../http/schema.js';
import { invalidAttribute } from '../http/steps/fields.js';
import { SOURCE } from '../profiles/index.js';
import type { Transaction } from '../kernel/database.js';
import { MOST } from '../kernel/pace.js';
import type { ProjectSection, SharedSection } from '../world/index.js';
import type { Items } from './items.js';
import type { Path, Plan } from './lifecycle.js';
import { namesOf } from './names.js';
import type { ItemRule } from './rules.js';
import { itemSchema, ruleSchema } from './schema.js';

/** What an item of a fixture may have beside what a client would send. */
type FixtureItem = Partial<Plan & { _id: string; state: string; errorMessage: string }>;

/**
 * Adds an item that fits `itemSchema`.
 *
 * @param why it enters its first state
 * @returns its id
 * @throws {Refusal} if an API would refuse it too
 */
export function loadItem<Sent extends object>(
  items: Items<Sent>,
  transaction: Transaction,
  project: Project,
  item: Record<string, unknown>,
  why: string,
): string {
  const { _id: id = items.newId(), state, errorMessage, ...planned } = item as FixtureItem;
  const { path, rest = [], readsLeft, ...fields } = planned;
  const { accept } = items.resource;
  const sent = accept ? accept(fields, project) : (fields as Sent);
  const plan: Plan = path
    ? { path: inOrder(path), rest, readsLeft: rest.length > 0 ? readsLeft : undefined }
    : items.plan(project, state === undefined ? items.lifecycles(project).created : [{ state }], why);
  items.add(transaction, project, { id, sent, errorMessage, ...plan });
  return id;
}

/** The items of each project in a fixture. */
export function itemSection<Sent extends object>(items: Items<Sent>): ProjectSection {
  const { resource, store } = items;
  return {
    key: namesOf(resource.name).key,
    item: itemSchema(resource),
    scope: 'project',
    durations: Object.keys(resource.durations),
    load(transaction, project, item) {
      loadItem(items, transaction, project, item, 'fixture');
    },
    *save({ id: projectId, now }) {
      for (const { id, sent, path, rest, readsLeft, errorMessage } of store.all(projectId, now)) {
        yield {
          _id: id,
          ...sent,
          path,
          ...(rest.length > 0 && { rest }),
          ...(readsLeft !== undefined && { readsLeft }),
          ...(errorMessage !== undefined && { errorMessage }),
        };
      }
    },
  };
}

/** What a rule of a fixture may have beside what a client would send. */
type FixtureRule = ItemRule & { readonly id?: string; readonly timesLeft?: number };

/** The rules for items to come, of each project and of the whole server. */
export function ruleSection<Sent extends object>(items: Items<Sent>): SharedSection {
  const { resource, rules } = items;
  const { many, ruleKey } = namesOf(resource.name);
  return {
    key: ruleKey,
    item: Type.Object(
      {
        id: Type.Optional(Type.String({ pattern: '^[a-f0-9]{24}$' })),
        ...ruleSchema(resource).properties,
        timesLeft: Type.Optional(within(0, MOST, `for how many more ${many}; times if left out`)),
      },
      strict,
    ),
    scope: 'both',
    load(_transaction, project, item) {
      const { id = items.newId(), timesLeft, ...rule } = item as FixtureRule;
      if (timesLeft !== undefined && timesLeft > (rule.times ?? 0)) {
        throw new ControlError(400, 'timesLeft is what is left of times: send no more than that.');
      }
      rules.add(project?.id, id, rule, timesLeft);
    },
    save: (project) =>
      rules
        .list(project?.id)
        .map(({ id, rule, timesLeft }) => ({ id, ...rule, ...(timesLeft !== null && { timesLeft }) })),
    clear() {
      rules.remove(undefined, undefined);
    },
  };
}

function inOrder(path: Path): Path {
  const late = path.find(([, at], index) => at < (path[index - 1]?.[1] ?? at));
  if (late) {
    throw invalidAttribute(
      'path',
      'Send states in the order of time.',
      `The path enters ${late[0]} before the state that precedes it.`,
      SOURCE.inferred,
    );
  }
  return path;
}

import { Type, type TObject } from '@sinclair/typebox';
import { ControlError } from '../http/control-error.js';
import { controlGroup, type ControlOperation } from '../http/operation.js';
import { component, list, MAX_COUNT, object, objectId, oneOf, strict, text, within } from '../http/schema.js';
import type { Database } from '../kernel/database.js';
import { withJson } from '../kernel/tables.js';
import type { FixtureSection } from '../world/index.js';
import type { Items } from './items.js';
import type { Stage } from './lifecycle.js';
import { messageText, namesOf, type StatefulResource } from './resource.js';

/** What happens to items that are not created yet. */
interface ItemRule {
  /** Which items it applies to; all if left out. */
  readonly match?: object;
  /** To how many items; all if left out. */
  readonly times?: number;
  /** They fail instead of completing, with this message. */
  readonly fail?: string;
  /** They stay in this state for good. */
  readonly staysIn?: string;
}

/** A stored rule. */
interface StoredRule {
  readonly id: string;
  readonly rule: ItemRule;
  /** To how many more items it applies; null for all. */
  readonly timesLeft: number | null;
}

/** Rules for items to come, in SQL: of one project, or of the whole server. */
export class ItemRules {
  readonly #table: string;
  /** The rules of a scope; an item that is created changes how many more items they apply to, which is not read here. */
  readonly #declared;

  constructor(
    private readonly database: Database,
    private readonly resource: StatefulResource,
  ) {
    this.#table = namesOf(resource.name).ruleTable;
    this.#declared = database.memo((projectId: string | undefined) => this.list(projectId));
  }

  /** The rules of a project, or the whole server's, oldest first. */
  list(projectId: string | undefined): readonly StoredRule[] {
    const sql = `SELECT id, rule, times_left AS timesLeft FROM ${this.#table} WHERE project_id IS ? ORDER BY seq`;
    return this.database.all<object>(sql, projectId ?? null).map((row) => withJson<StoredRule>(row, 'rule'));
  }

  /**
   * Adds a rule, which fits the schema.
   *
   * @param timesLeft to how many more items it applies, if not to as many as it says
   * @throws {ControlError} 400 for what the schema cannot express
   */
  add(projectId: string | undefined, id: string, rule: ItemRule, timesLeft = rule.times ?? null): StoredRule {
    if ((rule.fail === undefined) === (rule.staysIn === undefined)) {
      throw new ControlError(400, 'Send either fail, with an errorMessage, or staysIn, with a state.');
    }
    this.resource.rules?.check?.(rule.match ?? {});
    const sql = `INSERT INTO ${this.#table} (id, project_id, rule, times_left) VALUES (?, ?, ?, ?)`;
    this.database.run(sql, id, projectId ?? null, JSON.stringify(rule), timesLeft);
    return { id, rule, timesLeft };
  }

  /** Removes one rule of the scope, or all of them; returns how many. */
  remove(projectId: string | undefined, id?: string): number {
    const sql = `DELETE FROM ${this.#table} WHERE project_id IS ? AND id = ifnull(?, id)`;
    return this.database.run(sql, projectId ?? null, id ?? null);
  }

  /** What an item that is created now passes through: `stages`, unless the first rule that matches says otherwise. */
  apply(projectId: string, sent: object, stages: readonly Stage[]) {
    const { rules, failed = '' } = this.resource;
    const timesLeft = `SELECT times_left FROM ${this.#table} WHERE id = ?`;
    const found = [...this.#declared(projectId), ...this.#declared(undefined)].find(
      ({ id, rule }) => rules?.matches(rule.match ?? {}, sent) && this.database.value(timesLeft, id) !== 0,
    );
    if (!found) return { stages, errorMessage: null };
    this.database.run(`UPDATE ${this.#table} SET times_left = times_left - 1 WHERE id = ?`, found.id);
    const { fail = null, staysIn } = found.rule;
    if (staysIn === undefined) {
      return { stages: [...stages.slice(0, -1), { state: failed }], errorMessage: fail };
    }
    // In a profile without the state, the item stays in its first.
    const last = stages.findIndex(({ state }) => state === staysIn);
    return { stages: stages.slice(0, Math.max(1, last + 1)), errorMessage: null };
  }
}

/** A rule, as the control API takes it. */
function ruleSchema({ name, states, profiles, complete, failed, rules }: StatefulResource): TObject {
  const { one, many, title } = namesOf(name);
  // States that an item passes after its create, in either profile: it can stay in those.
  const passing = Object.values(profiles).flatMap(({ created }) =>
    created.slice(0, -1).map(({ state }) => state),
  );
  const stays = states.filter((state) => passing.includes(state));
  const actions = {
    ...(failed !== undefined && {
      fail: messageText(`they end ${failed} instead of ${complete}, with this errorMessage`),
    }),
    ...(stays.length > 0 && { staysIn: oneOf(stays, 'they stay in this state for good') }),
  };
  const description = `which ${many} it is for; all if left out`;
  const match = { ...(rules?.schema ?? Type.Object({})), description };
  const times = within(1, MAX_COUNT, `for how many ${many}; all if left out`);
  return Type.Partial(
    object(
      `What happens to a ${one} that is not created yet.`,
      { match, times, ...actions },
      { ...strict, title: `${title}Rule`, exactlyOne: Object.keys(actions) },
    ),
  );
}

/** What the control API does with rules for items to come. */
export function ruleControl(items: Items): readonly ControlOperation[] {
  const { resource, rules, services } = items;
  const { database, newId } = services;
  const { many, rulePath, title } = namesOf(resource.name);
  const rule = ruleSchema(resource);
  const description = `for how many more ${many}; null for all`;
  const timesLeft = Type.Union([Type.Integer(), Type.Null()], { description });
  const id = text('the id of the rule');
  const stored = component(`Kept${title}Rule`, 'A stored rule.', { id, rule, timesLeft });
  const control = controlGroup(`/${rulePath}`, {
    scope: 'both',
    tag: `What becomes of ${many} that are not created yet.`,
    parameters: { ruleId: text('Id of a rule.') },
  });
  return [
    control(`list${title}Rules`, 'GET', '', {
      summary: `Lists the rules for ${many} that are not created yet.`,
      response: Type.Object({ rules: list('oldest first', stored) }),
      handle: ({ project }) => ({ rules: rules.list(project?.id) }),
    }),
    control(`add${title}Rule`, 'POST', '', {
      summary: `Determines what happens to ${many} that are not created yet.`,
      body: { schema: rule },
      response: stored,
      status: 201,
      handle: ({ project, body }) => database.write(() => rules.add(project?.id, newId(), body)),
    }),
    control(`remove${title}Rule`, 'DELETE', '/:ruleId', {
      summary: 'Removes a rule.',
      handle: ({ project, parameters: { ruleId } }) =>
        database.write(() => {
          if (rules.remove(project?.id, ruleId) > 0) return;
          throw new ControlError(404, `There is no rule ${ruleId} here.`);
        }),
    }),
    control(`remove${title}Rules`, 'DELETE', '', {
      summary: 'Removes all rules of the scope.',
      handle: ({ project }) => database.write(() => rules.remove(project?.id)),
    }),
  ];
}

/** What a rule of a fixture can have in addition to what a client would send. */
type FixtureRule = ItemRule & { readonly id?: string; readonly timesLeft?: number };

/** The rules for items to come, of each project and of the whole server, in a fixture. */
export function ruleSection(items: Items): FixtureSection {
  const { resource, rules } = items;
  const { many, ruleKey } = namesOf(resource.name);
  return {
    key: ruleKey,
    item: Type.Partial(
      Type.Object(
        {
          id: objectId('the id of the rule'),
          ...ruleSchema(resource).properties,
          timesLeft: within(0, MAX_COUNT, `for how many more ${many}; times if left out`),
        },
        strict,
      ),
    ),
    load(_transaction, project, item) {
      const { id = items.services.newId(), timesLeft, ...rule } = item as FixtureRule;
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
      rules.remove(undefined);
    },
  };
}

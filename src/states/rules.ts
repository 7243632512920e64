import type { TObject } from '@sinclair/typebox';
import type { Statement } from 'better-sqlite3';
import { ControlError } from '../http/control-error.js';
import type { Database } from '../kernel/database.js';
import type { Stage } from './lifecycle.js';
import { namesOf } from './names.js';
import type { StatefulResource } from './resource.js';
import { ruleSchema } from './schema.js';

/** What becomes of items that are not created yet. */
export interface ItemRule {
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
export interface StoredRule {
  readonly id: string;
  readonly rule: ItemRule;
  /** To how many more items it applies; null for all. */
  readonly timesLeft: number | null;
}

interface RuleRow {
  id: string;
  rule: string;
  timesLeft: number | null;
}

/** Rules for items to come, in SQL: of one project, or of the whole server. */
export class ItemRules<Sent extends object> {
  /** What a rule looks like. */
  readonly schema: TObject;
  readonly #resource: StatefulResource<Sent>;
  readonly #list: Statement<[{ projectId: string | null }], RuleRow>;
  readonly #applicable: Statement<[{ projectId: string }], RuleRow>;
  readonly #add: Statement<
    [{ id: string; projectId: string | null; rule: string; timesLeft: number | null }]
  >;
  readonly #use: Statement<[string]>;
  readonly #remove: Statement<[{ projectId: string | null; id: string | null }]>;

  constructor(database: Database, resource: StatefulResource<Sent>) {
    const { ruleTable } = namesOf(resource.name);
    this.schema = ruleSchema(resource);
    this.#resource = resource;
    const columns = `id, rule, times_left AS timesLeft FROM ${ruleTable}`;
    this.#list = database.prepare(`SELECT ${columns} WHERE project_id IS :projectId ORDER BY seq`);
    this.#applicable = database.prepare(
      `SELECT ${columns} WHERE (project_id = :projectId OR project_id IS NULL)
         AND (times_left IS NULL OR times_left > 0) ORDER BY project_id IS NULL, seq`,
    );
    this.#add = database.prepare(
      `INSERT INTO ${ruleTable} (id, project_id, rule, times_left) VALUES (:id, :projectId, :rule, :timesLeft)`,
    );
    this.#use = database.prepare(`UPDATE ${ruleTable} SET times_left = times_left - 1 WHERE id = ?`);
    this.#remove = database.prepare(
      `DELETE FROM ${ruleTable} WHERE project_id IS :projectId AND (:id IS NULL OR id = :id)`,
    );
  }

  /** The rules of a project, or the whole server's, oldest first. */
  list(projectId: string | undefined): readonly StoredRule[] {
    return this.#list.all({ projectId: projectId ?? null }).map(stored);
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
    this.#resource.rules?.check?.(rule.match ?? {});
    this.#add.run({ id, projectId: projectId ?? null, rule: JSON.stringify(rule), timesLeft });
    return { id, rule, timesLeft };
  }

  /** Removes one rule of the scope, or all of them; returns how many. */
  remove(projectId: string | undefined, id: string | undefined): number {
    return this.#remove.run({ projectId: projectId ?? null, id: id ?? null }).changes;
  }

  /** What an item that is created now passes through: `stages`, unless the first rule that matches says otherwise. */
  apply(
    projectId: string,
    sent: Sent,
    stages: readonly Stage[],
  ): { readonly stages: readonly Stage[]; readonly errorMessage: string | undefined } {
    const { rules, failed = '' } = this.#resource;
    const found = rules
      ? this.#applicable
          .all({ projectId })
          .map(stored)
          .find(({ rule }) => rules.matches(rule.match ?? {}, sent))
      : undefined;
    if (!found) return { stages, errorMessage: undefined };
    if (found.timesLeft !== null) this.#use.run(found.id);
    const { fail, staysIn } = found.rule;
    if (staysIn !== undefined) {
      const index = stages.findIndex(({ state }) => state === staysIn);
      // In a profile without the state, the item stays in its first.
      return { stages: stages.slice(0, Math.max(0, index) + 1), errorMessage: undefined };
    }
    return { stages: [...stages.slice(0, -1), { state: failed }], errorMessage: fail };
  }
}

function stored({ id, rule, timesLeft }: RuleRow): StoredRule {
  return { id, rule: JSON.parse(rule) as ItemRule, timesLeft };
}

import { ControlError } from '../http/control-error.js';
import type { Database } from '../kernel/database.js';
import type { Stage } from './lifecycle.js';
import { namesOf } from './names.js';
import type { StatefulResource } from './resource.js';

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

/** Rules for items to come, in SQL: of one project, or of the whole server. */
export class ItemRules<Sent extends object> {
  readonly #table: string;

  constructor(
    private readonly database: Database,
    private readonly resource: StatefulResource<Sent>,
  ) {
    this.#table = namesOf(resource.name).ruleTable;
  }

  /** The rules of a project, or the whole server's, oldest first. */
  list(projectId: string | undefined): readonly StoredRule[] {
    return this.#select('project_id IS ? ORDER BY seq', projectId ?? null);
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
    this.database.run(
      `INSERT INTO ${this.#table} (id, project_id, rule, times_left) VALUES (?, ?, ?, ?)`,
      id,
      projectId ?? null,
      JSON.stringify(rule),
      timesLeft,
    );
    return { id, rule, timesLeft };
  }

  /** Removes one rule of the scope, or all of them; returns how many. */
  remove(projectId: string | undefined, id: string | undefined): number {
    return this.database.run(
      `DELETE FROM ${this.#table} WHERE project_id IS :projectId AND (:id IS NULL OR id = :id)`,
      { projectId: projectId ?? null, id: id ?? null },
    );
  }

  /** What an item that is created now passes through: `stages`, unless the first rule that matches says otherwise. */
  apply(
    projectId: string,
    sent: Sent,
    stages: readonly Stage[],
  ): { readonly stages: readonly Stage[]; readonly errorMessage: string | undefined } {
    const { rules, failed = '' } = this.resource;
    if (!rules) return { stages, errorMessage: undefined };
    const found = this.#select(
      `(project_id = ? OR project_id IS NULL) AND (times_left IS NULL OR times_left > 0)
       ORDER BY project_id IS NULL, seq`,
      projectId,
    ).find(({ rule }) => rules.matches(rule.match ?? {}, sent));
    if (!found) return { stages, errorMessage: undefined };
    if (found.timesLeft !== null) {
      this.database.run(`UPDATE ${this.#table} SET times_left = times_left - 1 WHERE id = ?`, found.id);
    }
    const { fail, staysIn } = found.rule;
    if (staysIn !== undefined) {
      const index = stages.findIndex(({ state }) => state === staysIn);
      // In a profile without the state, the item stays in its first.
      return { stages: stages.slice(0, Math.max(0, index) + 1), errorMessage: undefined };
    }
    return { stages: [...stages.slice(0, -1), { state: failed }], errorMessage: fail };
  }

  #select(where: string, projectId: string | null): readonly StoredRule[] {
    const sql = `SELECT id, rule, times_left AS timesLeft FROM ${this.#table} WHERE ${where}`;
    return this.database
      .all<Omit<StoredRule, 'rule'> & { rule: string }>(sql, projectId)
      .map((row) => ({ ...row, rule: JSON.parse(row.rule) as ItemRule }));
  }
}

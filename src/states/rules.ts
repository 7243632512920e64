import type { Statement } from 'better-sqlite3';
import type { Database } from '../../kernel/database.js';
import type { Stage } from './lifecycle.js';
import { matches, type LinkRule } from './link-rule.js';
import type { SentFields } from './schema.js';

/** A rule as it is kept. */
export interface KeptRule {
  readonly id: string;
  readonly rule: LinkRule;
  /** For how many more links it is; null for all. */
  readonly timesLeft: number | null;
}

interface RuleRow {
  id: string;
  rule: string;
  timesLeft: number | null;
}

/** Rules for links to come, in SQL: of one project, or of the whole server. */
export class PrivateLinkRules {
  readonly #list: Statement<[{ projectId: string | null }], RuleRow>;
  readonly #applicable: Statement<[{ projectId: string }], RuleRow>;
  readonly #add: Statement<
    [{ id: string; projectId: string | null; rule: string; timesLeft: number | null }]
  >;
  readonly #use: Statement<[string]>;
  readonly #remove: Statement<[{ projectId: string | null; id: string | null }]>;

  constructor(database: Database) {
    const columns = 'id, rule, times_left AS timesLeft FROM private_link_rules';
    this.#list = database.prepare(`SELECT ${columns} WHERE project_id IS :projectId ORDER BY seq`);
    this.#applicable = database.prepare(
      `SELECT ${columns} WHERE (project_id = :projectId OR project_id IS NULL)
         AND (times_left IS NULL OR times_left > 0) ORDER BY project_id IS NULL, seq`,
    );
    this.#add = database.prepare(
      `INSERT INTO private_link_rules (id, project_id, rule, times_left)
       VALUES (:id, :projectId, :rule, :timesLeft)`,
    );
    this.#use = database.prepare('UPDATE private_link_rules SET times_left = times_left - 1 WHERE id = ?');
    this.#remove = database.prepare(
      'DELETE FROM private_link_rules WHERE project_id IS :projectId AND (:id IS NULL OR id = :id)',
    );
  }

  /** The rules of a project, or the whole server's, oldest first. */
  list(projectId: string | undefined): readonly KeptRule[] {
    return this.#list.all({ projectId: projectId ?? null }).map(kept);
  }

  /** Adds a rule. @param timesLeft for how many more links, where it is not for all: as many as it says at first */
  add(
    projectId: string | undefined,
    id: string,
    rule: LinkRule,
    timesLeft: number | null = rule.times ?? null,
  ): KeptRule {
    this.#add.run({ id, projectId: projectId ?? null, rule: JSON.stringify(rule), timesLeft });
    return { id, rule, timesLeft };
  }

  /** Removes one rule of the scope, or all of them; returns how many. */
  remove(projectId: string | undefined, id: string | undefined): number {
    return this.#remove.run({ projectId: projectId ?? null, id: id ?? null }).changes;
  }

  /** What a link that is created now goes through: `stages`, unless the first rule that matches says otherwise. */
  apply(
    projectId: string,
    sent: SentFields,
    stages: readonly Stage[],
  ): { readonly stages: readonly Stage[]; readonly errorMessage: string | undefined } {
    const found = this.#applicable
      .all({ projectId })
      .map(kept)
      .find(({ rule }) => matches(rule, sent));
    if (!found) return { stages, errorMessage: undefined };
    if (found.timesLeft !== null) this.#use.run(found.id);
    const { fail, staysIn } = found.rule;
    if (staysIn !== undefined) {
      const index = stages.findIndex(({ state }) => state === staysIn);
      // A profile that does not know the state stays in its first.
      return { stages: stages.slice(0, Math.max(0, index) + 1), errorMessage: undefined };
    }
    return { stages: [...stages.slice(0, -1), { state: 'FAILED' }], errorMessage: fail };
  }
}

function kept({ id, rule, timesLeft }: RuleRow): KeptRule {
  return { id, rule: JSON.parse(rule) as LinkRule, timesLeft };
}

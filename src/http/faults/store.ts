import type { FastifyRequest } from 'fastify';
import { migration, type CoveredTable, type Database } from '../../kernel/database.js';
import { hexDigits } from '../../kernel/ids.js';
import { currentRule, firesOn, matches, type FaultRule, type FaultStep, type ScopedFault } from './rule.js';

export const faultMigrations = [migration('0005_faults')];

/** The tables that snapshots cover. */
export const faultTables: readonly CoveredTable[] = [{ name: 'faults', key: 'id', project: 'project_id' }];

/** The fault rules, in SQL. */
export class FaultStore {
  /** The number of rules at a revision of the database: where there are none, a request runs no query. */
  #count: number | undefined;
  #revision: number | undefined;

  /** @param newId generates an id */
  constructor(
    readonly database: Database,
    private readonly newId: () => string,
  ) {}

  /** A rule as a client or a fixture has sent it, with a generated id if it has none. */
  withId(sent: Partial<FaultRule>): FaultRule {
    return currentRule({ id: `fault-${hexDigits(this.newId(), 10)}`, ...sent });
  }

  /** The rules of a project, or of the whole server, oldest first. */
  list(project: string | undefined): readonly ScopedFault[] {
    return this.#select('project_id IS ? ORDER BY seq', project);
  }

  /** Adds a rule, whose id no other of its scope has, with its counts. Belongs inside a write. */
  insert(scoped: ScopedFault): void {
    const { rule, project, matched, fired } = scoped;
    const sql = 'INSERT INTO faults (id, project_id, rule, matched, fired) VALUES (?, ?, ?, ?, ?)';
    this.database.run(sql, keyOf(scoped), project, JSON.stringify(rule), matched, fired);
  }

  /** Removes a rule of a scope, or all if no id is given. Returns how many. Belongs inside a write. */
  remove(project: string | undefined, id?: string): number {
    const key = id === undefined ? null : `${project ?? ''}/${id}`;
    const sql = 'DELETE FROM faults WHERE project_id IS ? AND id = ifnull(?, id)';
    return this.database.run(sql, project ?? null, key);
  }

  /** The rules of a request's project, then those of the whole server, whether or not they match it. */
  actingOn({ exchange }: FastifyRequest): readonly ScopedFault[] {
    const { revision } = this.database;
    if (revision !== this.#revision) this.#count = this.database.value('SELECT count(*) FROM faults');
    this.#revision = revision;
    if (this.#count === 0) return [];
    return this.#select(
      'project_id = ? OR project_id IS NULL ORDER BY project_id IS NULL, seq',
      exchange.project?.id,
    );
  }

  /**
   * Counts a request on the rules that it matches, those of its project first.
   *
   * @returns the rules that fire, in order, once the counts are committed: only the last can end the request.
   * undefined, at once, if it matches none
   */
  meet(step: FaultStep, request: FastifyRequest): Promise<readonly ScopedFault[]> | undefined {
    const matched: ScopedFault[] = [];
    const firing: ScopedFault[] = [];
    for (const scoped of this.actingOn(request)) {
      const { rule, fired } = scoped;
      if (fired >= (rule.times ?? Infinity) || !matches(rule, step, request)) continue;
      matched.push(scoped);
      if (!firesOn(rule, ++scoped.matched)) continue;
      scoped.fired++;
      firing.push(scoped);
      // A delayed request goes on to the next rule.
      if (rule.delayMs === undefined) break;
    }
    if (matched.length === 0) return undefined;
    const sql = 'UPDATE faults SET matched = ?, fired = ? WHERE id = ?';
    return this.database.write(() => {
      for (const scoped of matched) this.database.run(sql, scoped.matched, scoped.fired, keyOf(scoped));
      return firing;
    });
  }

  #select(where: string, project: string | undefined): ScopedFault[] {
    const sql = `SELECT project_id AS project, rule, matched, fired FROM faults WHERE ${where}`;
    return this.database
      .all<Omit<ScopedFault, 'rule'> & { rule: string }>(sql, project ?? null)
      .map((row) => ({ ...row, rule: currentRule(JSON.parse(row.rule) as FaultRule) }));
  }
}

function keyOf({ rule, project }: ScopedFault): string {
  return `${project ?? ''}/${rule.id}`;
}

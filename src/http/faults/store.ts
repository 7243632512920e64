import type { FastifyRequest } from 'fastify';
import type { Database } from '../../kernel/database.js';
import { storedJson, type CoveredTable } from '../../kernel/tables.js';
import { hexDigits } from '../../kernel/ids.js';
import { currentRule, firesOn, matches, type FaultRule, type FaultStep, type ScopedFault } from './rule.js';

/** The tables that snapshots cover. */
export const faultTables: readonly CoveredTable[] = [{ name: 'faults', key: 'id', project: 'project_id' }];

/** The fault rules, in SQL. */
export class FaultStore {
  /** The rules of a project, or of the whole server, oldest first. */
  readonly list;
  readonly #isEmpty;

  /** @param newId generates an id */
  constructor(
    readonly database: Database,
    private readonly newId: () => string,
  ) {
    this.#isEmpty = database.memo((sql: string) => database.get(sql) === undefined);
    const sql =
      'SELECT project_id AS project, rule, matched, fired FROM faults WHERE project_id IS ? ORDER BY seq';
    this.list = database.memo((project: string | undefined): readonly ScopedFault[] =>
      database
        .all<Omit<ScopedFault, 'rule'> & { rule: string }>(sql, project ?? null)
        .map((row) => ({ ...row, rule: currentRule(storedJson(row.rule) as FaultRule) })),
    );
  }

  /** Whether there is no rule at all. */
  isEmpty(): boolean {
    return this.#isEmpty('SELECT 1 FROM faults');
  }

  /** A rule as a client or a fixture has sent it, with a generated id if it has none. */
  withId(sent: Partial<FaultRule>): FaultRule {
    return currentRule({ id: `fault-${hexDigits(this.newId(), 10)}`, ...sent });
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
  actingOn({ exchange: { project } }: FastifyRequest): readonly ScopedFault[] {
    const own = project ? this.list(project.id) : [];
    const server = this.list(undefined);
    return own.length === 0 ? server : [...own, ...server];
  }

  /**
   * Counts a request on the rules that it matches, those of its project first.
   *
   * @returns the rules that fire, in order, once the counts are committed: only the last can end the request.
   * undefined, at once, if it matches none
   */
  meet(step: FaultStep, request: FastifyRequest): Promise<readonly ScopedFault[]> | undefined {
    const matching = (): ScopedFault[] =>
      this.actingOn(request).filter(
        ({ rule, fired }) => fired < (rule.times ?? Infinity) && matches(rule, step, request),
      );
    if (matching().length === 0) return undefined;
    return this.database.write(() => {
      const firing: ScopedFault[] = [];
      for (const scoped of matching()) {
        const matched = scoped.matched + 1;
        const fires = firesOn(scoped.rule, matched);
        const sql = 'UPDATE faults SET matched = ?, fired = ? WHERE id = ?';
        this.database.run(sql, matched, scoped.fired + Number(fires), keyOf(scoped));
        if (fires) firing.push(scoped);
        // A delayed request goes on to the next rule.
        if (fires && scoped.rule.delayMs === undefined) break;
      }
      return firing;
    });
  }
}

function keyOf({ rule, project }: ScopedFault): string {
  return `${project ?? ''}/${rule.id}`;
}

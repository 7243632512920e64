import {
  firesOn,
  isAtRest,
  letsOthersFire,
  matches,
  type FaultBook,
  type FaultFacts,
  type FaultRule,
  type KeptFault,
} from '../../http/faults/rule.js';
import type { CoveredTable, Database, Migration } from '../../kernel/database.js';

export const faultMigrations: readonly Migration[] = [
  {
    name: '0005_faults',
    sql: `
      CREATE TABLE faults (
        -- Never used twice: a restore puts rows back with the numbers that they had.
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        -- The project, or nothing, and the rule's own id, which another project may use too.
        id         TEXT NOT NULL UNIQUE,
        -- Null for a rule of the whole server.
        project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
        rule       TEXT NOT NULL,
        matched    INTEGER NOT NULL DEFAULT 0,
        fired      INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX faults_of_project ON faults (project_id);
    `,
  },
];

/** What a snapshot covers of it. */
export const faultTables: readonly CoveredTable[] = [{ name: 'faults', key: 'id', project: 'project_id' }];

/** A rule in memory, with its counts; what is counted is written at once. */
type Cached = { -readonly [Key in keyof KeptFault]: KeptFault[Key] };

type Key = string | undefined;

/** Fault rules in SQL and, so that a request need not ask there, in memory. */
export class FaultStore implements FaultBook {
  /** By project, in the order in which they were made; under undefined those of the whole server. */
  readonly #rules = new Map<Key, Cached[]>();

  constructor(private readonly database: Database) {
    this.reload();
  }

  /** Reads all rules again, after a restore or once a fixture is loaded. */
  reload(): void {
    this.#rules.clear();
    const rows = this.database.all<
      Omit<Cached, 'rule' | 'project'> & { rule: string; project: string | null }
    >('SELECT project_id AS project, rule, matched, fired FROM faults ORDER BY seq');
    for (const { project: projectId, rule, matched, fired } of rows) {
      const project = projectId ?? undefined;
      this.#of(project).push({ rule: JSON.parse(rule) as FaultRule, project, matched, fired });
    }
  }

  /** Number of projects that have rules; the whole server counts as one. */
  get retained(): number {
    return this.#rules.size;
  }

  /** Drops the rules of removed projects; their rows were deleted with the projects. */
  evict(isGone: (project: string) => boolean): void {
    for (const project of this.#rules.keys()) {
      if (project !== undefined && isGone(project)) this.#rules.delete(project);
    }
  }

  /** The rules of a project, or of the whole server, oldest first. */
  list(project: Key): readonly KeptFault[] {
    return this.#rules.get(project) ?? [];
  }

  find(project: Key, id: string): KeptFault | undefined {
    return this.list(project).find(({ rule }) => rule.id === id);
  }

  /** Adds a rule, whose id no other of its scope has. */
  add(project: Key, rule: FaultRule): Promise<KeptFault> {
    return this.database.write(() => {
      const kept = { rule, project, matched: 0, fired: 0 };
      this.insert(kept);
      this.#of(project).push(kept);
      return kept;
    });
  }

  /** Writes a rule as it is, counts included; it acts once all are read anew. Belongs inside a write. */
  insert(kept: KeptFault): void {
    const { rule, project, matched, fired } = kept;
    this.database.run(
      `INSERT INTO faults (id, project_id, rule, matched, fired)
       VALUES (:id, :project, :rule, :matched, :fired)`,
      { id: keyOf(kept), project: project ?? null, rule: JSON.stringify(rule), matched, fired },
    );
  }

  /** Removes the rules of the whole server, which act until all are read anew. Belongs inside a write. */
  removeShared(): void {
    this.database.run('DELETE FROM faults WHERE project_id IS NULL');
  }

  /** Removes those rules of a scope that `which` holds for. Returns how many. */
  remove(project: Key, which: (rule: FaultRule) => boolean): Promise<number> {
    return this.database.write(() => {
      const rules = this.list(project);
      const kept = rules.filter(({ rule }) => !which(rule));
      for (const one of rules) {
        if (which(one.rule)) this.database.run('DELETE FROM faults WHERE id = ?', keyOf(one));
      }
      if (kept.length > 0) this.#rules.set(project, kept);
      else this.#rules.delete(project);
      return rules.length - kept.length;
    });
  }

  concerns(project: Key): boolean {
    return this.#rules.size > 0 && (this.#rules.has(undefined) || this.#rules.has(project));
  }

  meet(facts: FaultFacts): Promise<readonly KeptFault[]> | undefined {
    const met: Cached[] = [];
    const firing: KeptFault[] = [];
    // A project's own rules come first.
    const own = facts.project === undefined ? [] : this.list(facts.project);
    for (const kept of [...own, ...this.list(undefined)] as Cached[]) {
      const { rule } = kept;
      if (isAtRest(rule, kept.fired) || !matches(rule, facts)) continue;
      met.push(kept);
      kept.matched++;
      if (!firesOn(rule, kept.matched)) continue;
      kept.fired++;
      firing.push(kept);
      if (!letsOthersFire(rule)) break;
    }
    if (met.length === 0) return undefined;
    return this.database.write(() => {
      for (const kept of met) {
        const sql = 'UPDATE faults SET matched = ?, fired = ? WHERE id = ?';
        this.database.run(sql, kept.matched, kept.fired, keyOf(kept));
      }
      return firing;
    });
  }

  #of(project: Key): Cached[] {
    const rules = this.#rules.get(project) ?? [];
    this.#rules.set(project, rules);
    return rules;
  }
}

function keyOf({ rule, project }: KeptFault): string {
  return `${project ?? ''}/${rule.id}`;
}

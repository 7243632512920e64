import type { JsonText } from '../http/replies/replies.js';
import type { Database } from '../kernel/database.js';
import { itemsOf } from '../kernel/memo.js';

/** The length of the id of a project. */
const PROJECT_ID = 24;

/** What reads need of a row. */
interface ShownItem {
  /** What a reader gets until the item is due, without the address: see text.ts. */
  readonly shown: JsonText;
  readonly dueAt: number | null;
  readonly readsLeft: number | null;
}

/** Items as readers get them until their next states are due: as their rows have them, from memory. */
export class SettledItems {
  /** A row, as `project item`. */
  readonly #item;
  /** How many items a project has, and when the first of them is due. Counting thousands takes long. */
  readonly #counted;
  /** The number of the item at an offset, as `project offset`: skipping thousands takes long. */
  readonly #seqAt;
  /** The items of a page, as `project count offset`. */
  readonly #page;

  constructor(database: Database, table: string) {
    // Keys begin with the id of the project.
    const reads = (key: string) => ['items', itemsOf(key.slice(0, PROJECT_ID))];
    const item = `SELECT shown, due_at AS dueAt, reads_left AS readsLeft FROM ${table} WHERE id = ? AND project_id = ?`;
    this.#item = database.memo(
      (key: string) => database.get<ShownItem>(item, key.slice(PROJECT_ID + 1), key.slice(0, PROJECT_ID)),
      reads,
      (found) => 500 + (found?.shown.length ?? 0),
    );
    const counted = `SELECT count(*) AS count, (
        SELECT min(due_at) FROM ${table} INDEXED BY ${table}_due WHERE project_id = :projectId AND due_at IS NOT NULL
      ) AS dueAt FROM ${table} WHERE project_id = :projectId`;
    this.#counted = database.memo(
      (projectId: string) => database.get<{ count: number; dueAt: number | null }>(counted, { projectId }),
      reads,
    );
    const seqAt = `SELECT seq FROM ${table} WHERE project_id = ? ORDER BY seq LIMIT 1 OFFSET ?`;
    this.#seqAt = database.memo((place: string) => {
      const [projectId = '', offset] = place.split(' ');
      // No item has the number of one that will come.
      return database.value<number>(seqAt, projectId, Number(offset)) ?? Number.MAX_SAFE_INTEGER;
    }, reads);
    // Joined outside of SQL, which is faster than group_concat.
    const page = `SELECT shown FROM ${table} WHERE project_id = ? AND seq >= ? ORDER BY seq LIMIT ?`;
    this.#page = database.memo(
      (place: string) => {
        const [projectId = '', count, offset] = place.split(' ');
        const start = offset === '0' ? 0 : this.#seqAt(`${projectId} ${offset}`);
        return database.column<string>(page, projectId, start, Number(count)).join();
      },
      reads,
      ({ length }) => 500 + length,
    );
  }

  /** An item of a project; undefined if there is none. */
  item(projectId: string, id: string): ShownItem | undefined {
    return this.#item(`${projectId} ${id}`);
  }

  /** The items of a page of a project, oldest first, as JSON texts joined by commas. */
  page(projectId: string, count: number, offset: number): JsonText {
    return this.#page(`${projectId} ${count} ${offset}`);
  }

  count(projectId: string): number {
    return this.#counted(projectId)?.count ?? 0;
  }

  /** Whether an item of a project is due: it is in another state than its row has, or gone. */
  isAnyDue(projectId: string, now: number): boolean {
    const dueAt = this.#counted(projectId)?.dueAt ?? null;
    return dueAt !== null && dueAt <= now;
  }
}

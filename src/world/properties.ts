import type { Statement } from 'better-sqlite3';
import type { Database } from '../kernel/database.js';

/** What there is one of, such as the emulator's own clock, by name, as JSON. */
export class PropertyStore {
  readonly #get: Statement<[string], string>;
  readonly #set: Statement<[{ name: string; value: string }]>;

  constructor(database: Database) {
    this.#get = database.prepare<[string], string>('SELECT value FROM properties WHERE name = ?').pluck();
    this.#set = database.prepare(
      'INSERT INTO properties VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value',
    );
  }

  get(name: string): unknown {
    const value = this.#get.get(name);
    return value === undefined ? undefined : (JSON.parse(value) as unknown);
  }

  set(name: string, value: unknown): void {
    this.#set.run({ name, value: JSON.stringify(value) });
  }
}

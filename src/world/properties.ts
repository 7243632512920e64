import type { Database } from '../kernel/database.js';

/** What there is one of, such as the emulator's own clock, by name, as JSON. */
export class PropertyStore {
  constructor(private readonly database: Database) {}

  get(name: string): unknown {
    const value = this.database.value<string>('SELECT value FROM properties WHERE name = ?', name);
    return value === undefined ? undefined : (JSON.parse(value) as unknown);
  }

  set(name: string, value: unknown): void {
    this.database.run(
      'INSERT INTO properties VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value',
      { name, value: JSON.stringify(value) },
    );
  }
}

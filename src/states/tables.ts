import { migration, type Migration } from '../kernel/database.js';

/** What a resource is called, in lower-case words: `tea pot`, `tea pots`. */
export interface ResourceName {
  readonly one: string;
  readonly many: string;
}

/** The names of tables, fixture keys and control operations, which follow from what a resource is called. */
export function namesOf({ one, many }: ResourceName) {
  const join = (text: string, separator: string): string => text.replaceAll(' ', separator);
  const camelCase = (text: string): string =>
    text.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase());
  return {
    one,
    many,
    table: join(many, '_'),
    alarmTable: `${join(one, '_')}_alarms`,
    ruleTable: `${join(one, '_')}_rules`,
    // Of the control API, without a slash.
    path: join(many, '-'),
    rulePath: `${join(one, '-')}-rules`,
    // Of a fixture.
    key: camelCase(many),
    ruleKey: `${camelCase(one)}Rules`,
    // Components and operation ids are named after it.
    title: camelCase(` ${one}`),
  };
}

/**
 * A migration that creates the tables of a resource.
 *
 * @param name that of the migration, such as `0007_gadgets`
 */
export function createTables(name: string, { one, many }: ResourceName): Migration {
  const snakeCase = (words: string): string => words.replaceAll(' ', '_');
  const { sql } = migration('items');
  return { name, sql: sql.replaceAll('{items}', snakeCase(many)).replaceAll('{item}', snakeCase(one)) };
}

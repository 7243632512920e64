import { Kind, type TSchema } from '@sinclair/typebox';
import { conditionsOf } from '../../http/conditions.js';
import type { AtlasOperation, Operation } from '../../http/operation.js';
import { tokenOperations } from '../../identity/index.js';
import { SOURCE, type ConditionType } from '../../profiles/index.js';
import type { RunningFeature, ShownStates } from '../../world/index.js';

/** What is emulated of an operation. */
export interface Surface {
  readonly operation: Operation;
  readonly versions: readonly string[];
  readonly conditions: readonly ConditionType[];
  /** Fields of the body and query parameters: `tags[].key`, `?pageNum`. */
  readonly fields: ReadonlySet<string>;
  /** Enumerations by field, in capitals. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The states of the resource that it returns. */
  readonly states: ShownStates | undefined;
}

/** What is emulated, by the id of the operation. */
export function surfacesOf(
  operations: readonly AtlasOperation[],
  running: readonly RunningFeature[],
): ReadonlyMap<string, Surface> {
  const all: Surface[] = [
    ...tokenOperations.map((operation) => surfaceOf(operation, [], operation.conditions ?? [])),
    ...operations.map((operation) => {
      const feature = running.find((one) => one.operations.includes(operation));
      // A list shows many at a time.
      const isOne = operation.method === 'GET' && /\/:\w+$/.test(operation.path);
      const states = isOne ? feature?.states : undefined;
      return { ...surfaceOf(operation, operation.versions, conditionsOf(operation)), states };
    }),
  ];
  return new Map(all.map((surface) => [surface.operation.id, surface]));
}

function surfaceOf(
  operation: Operation,
  versions: readonly string[],
  conditions: readonly ConditionType[],
): Surface {
  const fields = new Set<string>();
  const values = new Map<string, readonly string[]>();
  const { query, body } = operation;
  if (query) collect(query, '?', fields, values);
  if (body) collect(body.schema, '', fields, values);
  for (const [field, choices] of Object.entries(body?.choices ?? {})) values.set(field, choices);
  // Nobody can make the emulator's own errors happen.
  const ofAtlas = conditions.filter(({ rows }) => rows.observed.source !== SOURCE.emulator);
  const named = new Map(ofAtlas.map((one) => [one.name, one]));
  return { operation, versions, conditions: [...named.values()], fields, values, states: undefined };
}

interface Shape extends TSchema {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly anyOf?: readonly TSchema[];
}

/** Collects the fields and the enumerations of a schema. @param path of the schema */
function collect(
  schema: Shape,
  path: string,
  fields: Set<string>,
  values: Map<string, readonly string[]>,
): void {
  const { properties = {}, items, anyOf = [] } = schema;
  if (items) collect(items, `${path}[]`, fields, values);
  const choices = anyOf.flatMap((one) => (one[Kind] === 'Literal' ? String(one.const) : []));
  if (choices.length > 1) values.set(path, choices);
  for (const [name, property] of Object.entries(properties)) {
    const at = path === '' || path === '?' ? path + name : `${path}.${name}`;
    fields.add(at);
    collect(property, at, fields, values);
  }
}

/** How deep fields are looked at: far deeper than any that is emulated, and not so deep that the stack ends. */
const DEEPEST = 10;

/** Calls `visit` with each field of a value that was sent, as {@link Surface} names it. */
export function eachField(
  value: unknown,
  path: string,
  visit: (field: string, value: unknown) => void,
  depth = 0,
): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const item of value) eachField(item, `${path}[]`, visit, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      const field = path === '' ? name : `${path}.${name}`;
      visit(field, one);
      eachField(one, field, visit, depth + 1);
    }
  }
}

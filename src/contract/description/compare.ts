import { expanded, type Content, type DescribedOperation, type Digest, type Facts } from './digest.js';

/** One way in which a description differs from an older one. */
export interface Difference {
  readonly kind: 'new' | 'gone' | 'changed';
  /** What differs: `operation`, `status`, `media type`, `field`, `enumeration`, `pattern`, … */
  readonly what: string;
  /** Method and path of the operation. */
  readonly operation: string;
  /** Where in the operation: empty, `body`, `body <media type>`, `response 200`, `response 200 <media type>`. */
  readonly place: string;
  /** What is new or gone, or the path of what has changed. */
  readonly name: string;
  /** For what is within a schema: its name and the path within it. Many operations can have the same. */
  readonly origin?: string;
  readonly before?: string;
  readonly after?: string;
}

/** The words for facts that have a value, where the keyword is not plain. */
const WORDS: Readonly<Record<string, string>> = { enum: 'enumeration', discriminator: 'discriminator' };

/** The differences between two digests, in the order of operations and places. */
export function compareDigests(older: Digest, newer: Digest): Difference[] {
  const found: Difference[] = [];
  const of = (digest: Digest, name: string): DescribedOperation | undefined => digest.operations[name];
  for (const operation of union(older.operations, newer.operations)) {
    const [before, after] = [of(older, operation), of(newer, operation)];
    const at = { operation, place: '' };
    if (!before || !after) {
      found.push({
        ...at,
        kind: before ? 'gone' : 'new',
        what: 'operation',
        name: (before ?? after)?.id ?? '',
      });
      continue;
    }
    if (before.id !== after.id) {
      found.push({
        ...at,
        kind: 'changed',
        what: 'operation id',
        name: '',
        before: before.id,
        after: after.id,
      });
    }
    found.push(
      ...setDifferences(before.roles ?? [], after.roles ?? []).map((one) => ({
        ...at,
        what: 'role',
        ...one,
      })),
    );
    const parameters = fieldDifferences(before.parameters, after.parameters, older, newer);
    found.push(
      ...parameters.map((one) => ({ ...at, ...one, what: one.what.replace(/^field$/, 'parameter') })),
    );
    if (!before.body !== !after.body) {
      found.push({ ...at, kind: before.body ? 'gone' : 'new', what: 'body', name: '' });
    } else if (before.body && after.body) {
      found.push(...contentDifferences(operation, 'body', before.body, after.body, older, newer));
    }
    for (const status of union(before.responses, after.responses)) {
      const [had, has] = [before.responses[status], after.responses[status]];
      if (had && has)
        found.push(...contentDifferences(operation, `response ${status}`, had, has, older, newer));
      else found.push({ ...at, kind: had ? 'gone' : 'new', what: 'status', name: status });
    }
  }
  return found;
}

function contentDifferences(
  operation: string,
  place: string,
  before: Content,
  after: Content,
  older: Digest,
  newer: Digest,
): Difference[] {
  return union(before, after).flatMap((type) => {
    const [had, has] = [before[type], after[type]];
    if (had === undefined || has === undefined) {
      const kind = had === undefined ? 'new' : 'gone';
      return [{ kind, what: 'media type', operation, place, name: type } satisfies Difference];
    }
    const at = { operation, place: `${place} ${type}` };
    return fieldDifferences(had, has, older, newer).map((one) => ({ ...at, ...one }));
  });
}

type FieldDifference = Omit<Difference, 'operation' | 'place'>;

function fieldDifferences(
  before: string | Facts,
  after: string | Facts,
  older: Digest,
  newer: Digest,
): FieldDifference[] {
  const had = expanded(before, older.schemas);
  const has = expanded(after, newer.schemas);
  const all = [...new Set([...had.keys(), ...has.keys()])].sort();
  const single = all.filter((path) => !had.has(path) || !has.has(path));
  return all.flatMap((path): FieldDifference[] => {
    const [were, are] = [had.get(path), has.get(path)];
    const origin = (are ?? were)?.origin ?? '';
    if (were && are) {
      return factDifferences(path, [...were.facts], [...are.facts]).map((one) => ({ ...one, origin }));
    }
    // Of an object, only the object itself.
    if (single.some((other) => isWithin(path, other))) return [];
    return [{ kind: were ? 'gone' : 'new', what: 'field', name: path, origin }];
  });
}

function factDifferences(
  name: string,
  before: readonly string[],
  after: readonly string[],
): FieldDifference[] {
  const byKeyword = (facts: readonly string[]): Map<string, string[]> => {
    const groups = new Map<string, string[]>();
    for (const fact of facts) {
      const [, keyword, value] = /^(\w+)=(.*)$/s.exec(fact) ?? [];
      const isType = keyword === undefined && TYPES.includes(fact);
      const key = keyword ?? (isType ? 'type' : fact);
      groups.set(key, [...(groups.get(key) ?? []), value ?? fact]);
    }
    return groups;
  };
  const [were, are] = [byKeyword(before), byKeyword(after)];
  return [...new Set([...were.keys(), ...are.keys()])].sort().flatMap((key): FieldDifference[] => {
    const [had, has] = [were.get(key) ?? [], are.get(key) ?? []];
    const what = WORDS[key] ?? key;
    if (key === 'enum') {
      if (had.length === 0 || has.length === 0) {
        const kind = had.length === 0 ? 'new' : 'gone';
        return [{ kind, what, name, [kind === 'new' ? 'after' : 'before']: [...had, ...has].join(', ') }];
      }
      return setDifferences(had, has).map(({ kind, name: value }) => ({
        kind,
        what: 'enumeration value',
        name,
        [kind === 'new' ? 'after' : 'before']: value,
      }));
    }
    const [old, now] = [had.join(', '), has.join(', ')];
    if (old === now) return [];
    // A fact such as `required` has no value.
    if (had.length === 0) return [{ kind: 'new', what, name, ...(now !== key && { after: now }) }];
    if (has.length === 0) return [{ kind: 'gone', what, name, ...(old !== key && { before: old }) }];
    return [{ kind: 'changed', what, name, before: old, after: now }];
  });
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'];

function setDifferences(before: readonly string[], after: readonly string[]) {
  return [
    ...before.filter((one) => !after.includes(one)).map((name) => ({ kind: 'gone' as const, name })),
    ...after.filter((one) => !before.includes(one)).map((name) => ({ kind: 'new' as const, name })),
  ];
}

/** Whether a path is within the value at another. */
function isWithin(path: string, other: string): boolean {
  return (
    path !== other &&
    path.startsWith(other) &&
    (/^$|>$/.test(other) || /^[.[{<]/.test(path.slice(other.length)))
  );
}

function union(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

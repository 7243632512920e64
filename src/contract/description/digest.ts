/** A part of an OpenAPI document. */
export type Part = Readonly<Record<string, unknown>>;

/**
 * What a description says of the places of a value, by path: `a.b` is a field, `a[]` an item, `a{}` any member, `<Kafka>a` a
 * field of one of several choices, and the empty path the value itself. A fact is a type, a keyword with its value
 * (`pattern=^x`), `enum=` with one value, or another schema: `ref=`, `allOf=` and `choice=`.
 */
export type Facts = Readonly<Record<string, readonly string[]>>;

/** The schema of each media type: the name of one, facts, or an empty text if there is none. */
export type Content = Readonly<Record<string, string | Facts>>;

/** An operation of a description. */
export interface DescribedOperation {
  readonly id: string;
  /** The id that generators of SDKs use instead. */
  readonly alias?: string;
  readonly roles?: readonly string[];
  /** By place and name, such as `query pretty`. */
  readonly parameters: Facts;
  readonly body?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** The facts of an API description, without its prose. */
export interface Digest {
  /** When it was read, if that is known. */
  readonly date?: string;
  /** The commit of Atlas that it describes. */
  readonly sha: string;
  /** By method and path, such as `GET /groups`. */
  readonly operations: Readonly<Record<string, DescribedOperation>>;
  readonly schemas: Readonly<Record<string, Facts>>;
}

/** Where the paths of Atlas's API begin. */
export const PREFIX = '/api/atlas/v2';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const KEYWORDS = [
  ...['format', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength'],
  ...['maxLength', 'minItems', 'maxItems', 'uniqueItems', 'default', 'deprecated', 'nullable'],
  ...['readOnly', 'writeOnly'],
];

/**
 * Reduces an OpenAPI document to its facts.
 *
 * @param wanted selects operations by method and path
 */
export function digestOf(document: Part, wanted: (operation: string) => boolean = () => true): Digest {
  const operations: Record<string, DescribedOperation> = {};
  const schemas: Record<string, Facts> = {};
  const addSchemas = (facts: Facts): void => {
    for (const name of Object.values(facts).flat().flatMap(namesIn)) {
      if (name in schemas) continue;
      const schema = resolve(document, `#/components/schemas/${name}`);
      schemas[name] = {};
      schemas[name] = factsOf(schema);
      addSchemas(schemas[name]);
    }
  };
  const contentOf = (part: unknown): Content => {
    const content = Object.entries(partOf(partOf(part).content)).map(([type, media]) => {
      const { schema } = partOf(media);
      const facts = schema === undefined ? {} : factsOf(partOf(schema));
      addSchemas(facts);
      const [name = '', ...others] = Object.values(facts).flat();
      if (schema === undefined) return [type, ''];
      return [type, others.length === 0 && name.startsWith('ref=') ? name.slice(4) : facts];
    });
    return sorted(Object.fromEntries(content) as Record<string, string | Facts>);
  };
  for (const [path, methods] of Object.entries(partOf(document.paths))) {
    for (const method of METHODS.filter((one) => partOf(methods)[one] !== undefined)) {
      const key = `${method.toUpperCase()} ${path.replace(PREFIX, '') || '/'}`;
      if (!path.startsWith(PREFIX) || !wanted(key)) continue;
      const operation = partOf(partOf(methods)[method]);
      const { operationId: id, requestBody, responses } = operation;
      const alias = operation['x-xgen-operation-id-override'];
      const roles = (operation['x-rolesRequirements'] ?? operation['x-roles']) as string[] | undefined;
      const body = requestBody === undefined ? undefined : contentOf(resolved(document, requestBody));
      const answers = Object.entries(partOf(responses)).map(
        ([status, response]) => [status, contentOf(resolved(document, response))] as const,
      );
      const parameters = parametersOf(document, partOf(methods), operation);
      addSchemas(parameters);
      operations[key] = {
        id: String(id),
        ...(typeof alias === 'string' && { alias }),
        ...(roles && { roles: [...roles].sort() }),
        parameters,
        ...(body && { body }),
        responses: sorted(Object.fromEntries(answers)),
      };
    }
  }
  const { 'x-xgen-sha': sha } = partOf(document.info);
  return {
    sha: typeof sha === 'string' ? sha : 'unknown',
    operations: sorted(operations),
    schemas: sorted(schemas),
  };
}

function parametersOf(document: Part, path: Part, operation: Part): Facts {
  const all = [path.parameters, operation.parameters].flatMap((list) => (list ?? []) as unknown[]);
  const facts = all.flatMap((given) => {
    const { in: place, name, required, schema } = resolved(document, given);
    return Object.entries(factsOf(partOf(schema))).map(([at, found]) => [
      `${String(place)} ${String(name)}${at}`,
      at === '' && required === true ? ['required', ...found] : found,
    ]);
  });
  return sorted(Object.fromEntries(facts) as Record<string, string[]>);
}

/** The facts of a schema; schemas that it refers to by name are only named. */
function factsOf(schema: Part): Facts {
  const into: Record<string, string[]> = {};
  collect(schema, '', into);
  for (const facts of Object.values(into)) facts.sort();
  return sorted(into);
}

function collect(schema: Part, path: string, into: Record<string, string[]>): void {
  const facts = (into[path] ??= []);
  const add = (fact: string): void => {
    if (!facts.includes(fact)) facts.push(fact);
  };
  const { $ref, type, properties = {}, required = [], items, additionalProperties, discriminator } = schema;
  if (typeof $ref === 'string') add(`ref=${nameOf($ref)}`);
  const types = [type ?? []].flat() as string[];
  for (const one of types) add(one === 'null' ? 'nullable' : one);
  for (const value of [schema.enum ?? [], 'const' in schema ? schema.const : []].flat()) {
    add(`enum=${String(value)}`);
  }
  for (const keyword of KEYWORDS) {
    const { [keyword]: value } = schema;
    if (value === undefined || (value === false && keyword !== 'default')) continue;
    add(value === true ? keyword : `${keyword}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  for (const [name, field] of Object.entries(properties as Part)) {
    const at = path === '' || path.endsWith('>') ? path + name : `${path}.${name}`;
    if ((required as string[]).includes(name)) into[at] = ['required'];
    collect(partOf(field), at, into);
  }
  if (items !== undefined) collect(partOf(items), `${path}[]`, into);
  if (typeof additionalProperties === 'object') collect(partOf(additionalProperties), `${path}{}`, into);
  for (const part of (schema.allOf ?? []) as Part[]) {
    if (typeof part.$ref === 'string') add(`allOf=${nameOf(part.$ref)}`);
    else collect(part, path, into);
  }
  const { propertyName, mapping = {} } = partOf(discriminator);
  if (typeof propertyName === 'string') add(`discriminator=${propertyName}`);
  const values = new Map(Object.entries(partOf(mapping)).map(([value, ref]) => [ref, value]));
  for (const [index, choice] of ((schema.oneOf ?? schema.anyOf ?? []) as Part[]).entries()) {
    const { $ref: ref } = choice;
    if ('const' in choice) add(`enum=${String(choice.const)}`);
    else if (typeof ref === 'string') add(`choice=${values.get(ref) ?? ''}:${nameOf(ref)}`);
    else collect(choice, `${path}<${index}>`, into);
  }
}

/** The schemas that a fact names. */
function namesIn(fact: string): string[] {
  const name = /^(?:ref|allOf|choice)=(?:[^:]*:)?(.+)$/s.exec(fact)?.[1];
  return name === undefined ? [] : [name];
}

/** What is known of one path. */
export interface Known {
  readonly facts: Set<string>;
  /** The innermost schema with a name, and the path within it. */
  readonly origin: string;
}

/** The facts of a place with those of all schemas that it refers to, by path. A schema within itself is only named. */
export function expanded(content: string | Facts, schemas: Digest['schemas']): Map<string, Known> {
  const into = new Map<string, Known>();
  const visit = (facts: Facts, prefix: string, within: readonly string[], isBase: boolean): void => {
    for (const [path, found] of Object.entries(facts)) {
      // What a base schema says of its choices is said where the choices are.
      if (isBase && path.startsWith('<')) continue;
      const isJoined = prefix === '' || /^[[{<]|^$/.test(path) || prefix.endsWith('>');
      const at = isJoined ? prefix + path : `${prefix}.${path}`;
      const origin = [within.at(-1) ?? '', path].filter((one) => one !== '').join(' ');
      const known = into.get(at) ?? { facts: new Set(), origin };
      into.set(at, known);
      for (const fact of found) {
        const [name] = namesIn(fact);
        if (isBase && /^(?:choice|discriminator)=/.test(fact)) continue;
        if (name === undefined) known.facts.add(fact);
        else if (within.includes(name)) known.facts.add('recursive');
        else {
          const [, value] = /^choice=([^:]*)/.exec(fact) ?? [];
          const inner = value === undefined ? at : `${at}<${value || name}>`;
          visit(schemas[name] ?? {}, inner, [...within, name], fact.startsWith('allOf='));
        }
      }
    }
  };
  if (content !== '')
    visit(typeof content === 'string' ? { '': [`ref=${content}`] } : content, '', [], false);
  return into;
}

/** A part of a document as an object; an empty one if it is none. */
export function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null ? (value as Part) : {};
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** The part that a reference within the document names, or the part itself. */
function resolved(document: Part, part: unknown): Part {
  const { $ref } = partOf(part);
  return typeof $ref === 'string' ? resolve(document, $ref) : partOf(part);
}

function resolve(document: Part, ref: string): Part {
  const keys = ref.split('/').slice(1);
  return keys.reduce<Part>(
    (part, key) => partOf(part[key.replace(/~1/g, '/').replace(/~0/g, '~')]),
    document,
  );
}

function sorted<Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)));
}

import { PREFIX, type Content, type Digest, type Facts } from '../../src/contract/description/digest.js';
import { ownDigest } from '../../src/contract/description/read.js';

/** A schema of a document that a test changes. */
export interface Schema {
  type?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  required?: string[];
  enum?: string[];
  discriminator?: { propertyName?: string; mapping?: Record<string, string> };
  [keyword: string]: unknown;
}

type Types = Record<string, { schema?: Schema }>;

/** An operation of a document that a test changes. */
export interface Operation {
  operationId: string;
  parameters: object[];
  requestBody?: { content: Types };
  responses: Record<string, { content: Types }>;
  [extension: `x-${string}`]: unknown;
}

/** A document that a test changes. */
export interface Document {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const NUMBERS = [
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'default'],
  ...['exclusiveMinimum', 'exclusiveMaximum'],
];

/** An OpenAPI document with the facts of a digest, by default Atlas's. */
export function documentOf(digest: Digest = ownDigest()): Document {
  const paths: Document['paths'] = {};
  for (const [name, { id, alias, roles, parameters, body, responses }] of Object.entries(digest.operations)) {
    const [method = '', path = ''] = name.split(' ');
    const methods = (paths[path === '/' ? PREFIX : PREFIX + path] ??= {});
    const answers = Object.entries(responses).map(([status, content]) => [
      status,
      { content: contentOf(content) },
    ]);
    methods[method.toLowerCase()] = {
      operationId: id,
      ...(alias !== undefined && { 'x-xgen-operation-id-override': alias }),
      ...(roles && { 'x-rolesRequirements': roles }),
      parameters: parametersOf(parameters),
      ...(body && { requestBody: { content: contentOf(body) } }),
      responses: Object.fromEntries(answers) as Operation['responses'],
    };
  }
  const schemas = Object.entries(digest.schemas).map(([name, facts]) => [name, schemaOf(facts)]);
  return {
    openapi: '3.0.1',
    info: { title: 'Atlas', version: '2.0', 'x-xgen-sha': digest.sha },
    paths,
    components: { schemas: Object.fromEntries(schemas) as Record<string, Schema> },
  };
}

function contentOf(content: Content): Types {
  const types = Object.entries(content).map(([type, schema]): [string, Types[string]] => {
    if (schema === '') return [type, {}];
    return [type, { schema: typeof schema === 'string' ? { $ref: refTo(schema) } : schemaOf(schema) }];
  });
  return Object.fromEntries(types);
}

function parametersOf(parameters: Facts): object[] {
  const schemas = new Map<string, Record<string, readonly string[]>>();
  for (const [path, facts] of Object.entries(parameters)) {
    const [, name = '', rest = ''] = /^(\w+ [\w$-]+)(.*)$/s.exec(path) ?? [];
    schemas.set(name, { ...schemas.get(name), [rest]: facts });
  }
  return [...schemas].map(([key, facts]) => {
    const [place = '', name = ''] = key.split(' ');
    const required = facts['']?.includes('required') === true;
    const own = { ...facts, '': (facts[''] ?? []).filter((fact) => fact !== 'required') };
    return { in: place, name, ...(required && { required }), schema: schemaOf(own) };
  });
}

/** The schema that has exactly these facts. */
function schemaOf(facts: Facts): Schema {
  const root: Schema = {};
  // Parents sort before what is within them.
  for (const [path, found] of Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1))) {
    let at = root;
    let parent = root;
    let name = '';
    for (const [step, choice, field = ''] of path.matchAll(/\[\]|\{\}|<(\d+)>|(?:^|\.)?([^.[\]{}<>]+)/g)) {
      [parent, name] = [at, field];
      if (step === '[]') at = at.items ??= {};
      else if (step === '{}') at = at.additionalProperties ??= {};
      else if (choice !== undefined) at = (at.anyOf ??= [])[Number(choice)] ??= {};
      else at = (at.properties ??= {})[field] ??= {};
    }
    if (found.includes('required')) (parent.required ??= []).push(name);
    for (const fact of found) addFact(at, fact);
  }
  return root;
}

function addFact(schema: Schema, fact: string): void {
  const [keyword = '', value = ''] = fact.split(/=(.*)/s);
  if (fact === 'required') return;
  if (['string', 'integer', 'number', 'boolean', 'array', 'object'].includes(fact)) schema.type = fact;
  else if (keyword === 'ref') schema.$ref = refTo(value);
  else if (keyword === 'allOf') (schema.allOf ??= []).push({ $ref: refTo(value) });
  else if (keyword === 'enum') (schema.enum ??= []).push(value);
  else if (keyword === 'discriminator') (schema.discriminator ??= {}).propertyName = value;
  else if (keyword === 'choice') {
    const [chosen = '', name = ''] = value.split(':');
    (schema.oneOf ??= []).push({ $ref: refTo(name) });
    if (chosen !== '') ((schema.discriminator ??= {}).mapping ??= {})[chosen] = refTo(name);
  } else if (!fact.includes('=')) schema[fact] = true;
  else
    schema[keyword] =
      NUMBERS.includes(keyword) && /^[\d.-]+$|^(?:true|false)$/.test(value) ? JSON.parse(value) : value;
}

const refTo = (name: string): string => `#/components/schemas/${name}`;

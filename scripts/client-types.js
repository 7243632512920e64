// Writes src/client/types.generated.ts: the types of the control API, from the document that the built emulator serves.
// With --check it writes nothing, and fails if the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import * as prettier from 'prettier';

const COMMAND = 'npm run client-types';
const FILE = new URL('../src/client/types.generated.ts', import.meta.url);
const WIDTH = 106;

/** The control API's OpenAPI document, as the built emulator serves it. */
async function controlDocument() {
  const { startEmulator } = await import('../dist/index.js');
  const emulator = await startEmulator({ port: 0 });
  try {
    return await (await fetch(`${emulator.url}/_emulator/control-openapi.json`)).json();
  } finally {
    await emulator.close();
  }
}

/** A JSDoc comment of a schema's description and default; empty if it has neither. */
function comment({ description = '', default: standard }) {
  const sentence =
    description && description[0].toUpperCase() + description.slice(1).replace(/([^.])$/, '$1.');
  const text = [sentence, standard === undefined ? '' : `Default: ${JSON.stringify(standard)}.`]
    .filter(Boolean)
    .join(' ')
    .replaceAll('*/', '*\\/');
  if (text === '') return '';
  if (text.length < WIDTH - 8) return `/** ${text} */\n`;
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length < WIDTH - 8) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}

const PRIMITIVES = {
  integer: 'number',
  number: 'number',
  string: 'string',
  boolean: 'boolean',
  null: 'null',
};

/** The TypeScript type of a JSON schema. */
function typeOf(schema) {
  const { $ref, type, properties, items, prefixItems, additionalProperties: others } = schema;
  if ($ref) return $ref.split('/').at(-1);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(' | ');
  if (prefixItems) return `readonly [${prefixItems.map(typeOf).join(', ')}]`;
  if (type === 'array') return `readonly (${typeOf(items)})[]`;
  if (type !== 'object') return PRIMITIVES[type] ?? 'unknown';
  if (properties && Object.keys(properties).length > 0) return objectType(schema);
  return `Readonly<Record<string, ${typeof others === 'object' ? typeOf(others) : 'unknown'}>>`;
}

function objectType({ properties, required = [] }) {
  const members = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    return `${comment(schema)}readonly ${JSON.stringify(name)}${mark}: ${typeOf(schema)};\n`;
  });
  return `{\n${members.join('')}}`;
}

function declaration(name, schema) {
  const type = typeOf(schema);
  return `${comment(schema)}export ${type.startsWith('{') ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
}

/** The queries, named after their operations; on one project they are the same. */
function queryTypes({ paths }) {
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .filter(({ operationId }) => !operationId.endsWith('OfProject'))
    .flatMap(({ operationId, summary, parameters = [] }) => {
      const query = parameters.filter((one) => one.in === 'query');
      const name = `${operationId[0].toUpperCase()}${operationId.slice(1)}Query`;
      return query.length > 0 ? [declaration(name, queryObject(query, summary))] : [];
    });
}

function queryObject(parameters, summary) {
  return {
    type: 'object',
    description: `Query: ${summary}`,
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(
      parameters.map(({ name, description, schema }) => [name, { description, ...schema }]),
    ),
  };
}

const document = await controlDocument();
const { schemas } = document.components;
const text = [
  `// Generated from the document of the control API; do not edit. To generate it again: ${COMMAND}\n`,
  ...Object.keys(schemas).map((name) => declaration(name, schemas[name])),
  ...queryTypes(document),
].join('\n');
const options = await prettier.resolveConfig(FILE.pathname);
const formatted = await prettier.format(text, { ...options, parser: 'typescript' });

if (!process.argv.includes('--check')) writeFileSync(FILE, formatted);
else if (readFileSync(FILE, 'utf8') !== formatted) {
  console.error(`src/client/types.generated.ts differs from the control API's document: run ${COMMAND}`);
  process.exitCode = 1;
}

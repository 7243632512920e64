import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { Components } from '../../src/control/documents/openapi-schema.js';

/** A schema as the documents have it: only what is left of it as JSON. */
function shown(schema: Parameters<Components['schema']>[0]): unknown {
  return JSON.parse(JSON.stringify(new Components().schema(schema)));
}

describe('JSON Schema of the validators', () => {
  it.each([
    ['an expression', Type.RegExp(/^\p{L}$/u), { type: 'string', pattern: '^\\p{L}$' }],
    [
      'a choice of texts',
      Type.Union([Type.Literal('a'), Type.Literal('b')]),
      { type: 'string', enum: ['a', 'b'] },
    ],
    ['a text', Type.Literal('a', { description: 'A.' }), { type: 'string', const: 'a', description: 'A.' }],
    ['a text with a description for error messages', Type.String({ wanted: 'a name' }), { type: 'string' }],
    [
      'a record',
      Type.Record(Type.String(), Type.Integer()),
      { type: 'object', additionalProperties: { type: 'integer' } },
    ],
    [
      'a tuple',
      Type.Tuple([Type.String(), Type.Integer()]),
      {
        type: 'array',
        prefixItems: [{ type: 'string' }, { type: 'integer' }],
        items: {},
        minItems: 2,
        maxItems: 2,
      },
    ],
    [
      'a member that may be left out',
      Type.Object({ a: Type.Optional(Type.RegExp(/^a/)), b: Type.Boolean({ default: false }) }),
      {
        type: 'object',
        required: ['b'],
        properties: { a: { type: 'string', pattern: '^a' }, b: { type: 'boolean', default: false } },
      },
    ],
    [
      'a choice of several kinds',
      Type.Union([Type.Integer(), Type.Literal('all')]),
      { anyOf: [{ type: 'integer' }, { type: 'string', const: 'all' }] },
    ],
    [
      'a member that is named like a keyword',
      Type.Object({ items: Type.RegExp(/a/), anyOf: Type.Null() }),
      {
        type: 'object',
        required: ['items', 'anyOf'],
        properties: { items: { type: 'string', pattern: 'a' }, anyOf: { type: 'null' } },
      },
    ],
  ])('a JSON Schema is generated for %s', (_what, schema, expected) => {
    expect(shown(schema)).toEqual(expected);
  });

  it('a schema with a title becomes a component, once', () => {
    const components = new Components();
    const leaf = Type.Object({ name: Type.String() }, { title: 'Leaf' });
    const reference = { $ref: '#/components/schemas/Leaf' };
    expect(components.schema(leaf)).toEqual(reference);
    expect(components.schema(Type.Array(leaf))).toMatchObject({ type: 'array', items: reference });
    expect(Object.keys(components.parts.schemas as object)).toEqual(['Leaf']);
  });

  it('two different components of one name are rejected', () => {
    const components = new Components();
    components.schema(Type.Object({}, { title: 'Leaf' }));
    expect(() => components.schema(Type.String({ title: 'Leaf' }))).toThrow('two schemas named Leaf');
  });
});

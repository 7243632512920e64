import { Type } from '@sinclair/typebox';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import { tokenOperations } from '../../identity/index.js';
import { atlasApiOf, type AtlasParts } from './atlas.js';
import { controlApiOf } from './control.js';
import { OPENAPI, writeDocument } from './document.js';

/** Dependencies of the documents. */
export interface DocumentParts extends AtlasParts {
  readonly operations: readonly AtlasOperation[];
  /** All operations of the control API. */
  readonly controls: () => readonly ControlOperation[];
  /** Whether the control API requires a token. */
  readonly guarded: boolean;
}

const group = controlGroup('', {
  scope: 'server',
  tag: { name: 'openapi', description: 'Descriptions of both APIs.' },
  response: Type.Object(
    {
      openapi: Type.Literal(OPENAPI, { description: 'Version of OpenAPI.' }),
      info: Type.Object({}, { additionalProperties: true, description: 'What is described.' }),
      paths: Type.Object(
        {},
        { additionalProperties: true, description: 'The operations, by path and method.' },
      ),
    },
    { additionalProperties: true, description: 'An OpenAPI document.' },
  ),
});

/** The operations that serve the documents of both APIs. */
export function documentOperations(parts: DocumentParts): readonly ControlOperation[] {
  return [
    group('GET', '/openapi.json', {
      id: 'describeApi',
      summary: 'Describes the emulated API (OpenAPI 3.1).',
      handle: ({ baseUrl }) =>
        writeDocument(atlasApiOf(parts, baseUrl), [...parts.operations, ...tokenOperations], baseUrl),
    }),
    group('GET', '/control-openapi.json', {
      id: 'describeControlApi',
      summary: 'Describes the control API (OpenAPI 3.1).',
      handle: ({ baseUrl }) =>
        writeDocument(controlApiOf(parts.version, parts.guarded), parts.controls(), baseUrl),
    }),
  ];
}

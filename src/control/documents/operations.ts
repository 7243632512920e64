import { Type } from '@sinclair/typebox';
import { controlGroup, type AtlasOperation, type ControlOperation } from '../../http/operation.js';
import { object } from '../../http/schema.js';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { tokenOperations } from '../../identity/index.js';
import { atlasApiOf, atlasView, tokenView } from './atlas.js';
import { controlApiOf, controlViews } from './control.js';
import { OPENAPI, writeDocument } from './document.js';

const others = { additionalProperties: true };
const group = controlGroup('', {
  scope: 'server',
  tag: { name: 'openapi', description: 'Descriptions of both APIs.' },
  response: object(
    'An OpenAPI document.',
    {
      openapi: Type.Literal(OPENAPI, { description: 'Version of OpenAPI.' }),
      info: object('What is described.', {}, others),
      paths: object('The operations, by path and method.', {}, others),
    },
    others,
  ),
});

/**
 * The operations that serve the documents of both APIs.
 *
 * @param controls returns all operations of the control API
 * @param scripted the documentation page's bodies
 * @param guarded whether the control API requires a token
 */
export function documentOperations(
  operations: readonly AtlasOperation[],
  controls: () => readonly ControlOperation[],
  scripted: ScriptedAnswers | undefined,
  guarded: boolean,
): readonly ControlOperation[] {
  return [
    group('GET', '/openapi.json', {
      id: 'describeApi',
      summary: 'Describes the emulated API (OpenAPI 3.1).',
      handle({ baseUrl }) {
        const views = operations.map((operation) => atlasView(operation, scripted));
        return writeDocument(atlasApiOf(baseUrl), [...views, ...tokenOperations.map(tokenView)], baseUrl);
      },
    }),
    group('GET', '/control-openapi.json', {
      id: 'describeControlApi',
      summary: 'Describes the control API (OpenAPI 3.1).',
      handle: ({ baseUrl }) =>
        writeDocument(controlApiOf(guarded), controls().flatMap(controlViews), baseUrl),
    }),
  ];
}

import type { TSchema } from '@sinclair/typebox';
import { CANNOT_FIND, defineCondition, SOURCE, type Profile } from '../../profiles/index.js';
import { pathWithoutQuery } from '../paths.js';

export const malformedParameter = defineCondition('malformedParameter', {
  when: 'A parameter of the path, beside the ids of project and organization, does not match its pattern. As documented, such a parameter names something that does not exist: the answer is that of its resource.',
  observed: [
    400,
    'PATH_PARAM_PARSE_ERROR',
    'One or more path parameter in the request URI %s is malformed.',
    SOURCE.recorded,
  ],
  documented: { status: 404, detail: CANNOT_FIND },
  describe: (path: string, name: string, pattern: string) => ({
    problem: `The ${name} in ${path} does not match ${pattern}.`,
    remedy: `Send one that does.`,
  }),
  example: [
    '/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/streams/privateLinkConnections/nothex',
    'connectionId',
    '^[a-f0-9]{24}$',
  ],
});

/**
 * Checks the parameters of a path whose schema has a pattern, in profiles that refuse malformed ones.
 *
 * @param schemas by name of the parameter
 * @throws {Refusal} `malformedParameter`
 */
export function checkParameters(
  schemas: Readonly<Record<string, TSchema>> = {},
  sent: Readonly<Record<string, string>>,
  target: string,
  { refusesMalformedParameters }: Profile,
): void {
  if (!refusesMalformedParameters) return;
  for (const [name, value] of Object.entries(sent)) {
    const pattern = patternOf(schemas[name]);
    if (pattern === undefined || new RegExp(pattern).test(value)) continue;
    throw malformedParameter(pathWithoutQuery(target), name, pattern);
  }
}

/** The pattern of a parameter, if its schema has one. */
export function patternOf(schema: TSchema | undefined): string | undefined {
  return schema?.pattern as string | undefined;
}

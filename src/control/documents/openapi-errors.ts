import { STATUS_CODES } from 'node:http';
import { Type } from '@sinclair/typebox';
import type { ScriptedAnswers } from '../../http/steps/scripted.js';
import { dress, PROFILE_NAMES, profiles, type ConditionType } from '../../profiles/index.js';
import { header, JSON_TYPE } from './openapi-parts.js';
import type { Components, Part } from './openapi-schema.js';

/** An error of the Atlas API, in both profiles. */
const apiError = Type.Object(
  {
    detail: Type.String({ description: 'What is wrong, for a person.' }),
    error: Type.Integer({ description: 'The status.' }),
    errorCode: Type.String({ description: 'What is wrong, for a program.' }),
    parameters: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Number()]), {
        description: 'What the detail speaks of; only as observed.',
      }),
    ),
    reason: Type.String({ description: 'Name of the status.' }),
  },
  { title: 'ApiError', description: 'Why a request was refused.' },
);

/** Headers of errors, each with the statuses that it comes with; all without any. */
const HEADERS: Readonly<Record<string, { part: Part; statuses?: readonly number[] }>> = {
  'X-Emulator-Reason': {
    part: header('Which step refused, by which rule, where the rule is from, and what would have passed.'),
  },
  'X-Error-Code': { part: header('The errorCode; only as observed.') },
  'WWW-Authenticate': {
    part: header('The digest challenge, where credentials are missing or wrong.'),
    statuses: [401],
  },
  'Retry-After': { part: header('Seconds to wait.', 'integer'), statuses: [429] },
  'RateLimit-Limit': { part: header('Requests a minute that Atlas takes.', 'integer'), statuses: [429] },
  'RateLimit-Remaining': { part: header('How many of them are left.', 'integer'), statuses: [429] },
  'Preference-Applied': {
    part: header('The preference, where Prefer asked for this answer.'),
    statuses: [400, 401, 403, 404, 500],
  },
};

/** Returns the responses of conditions, by status, each with an example for every profile that answers so. */
export function responsesOf(
  conditions: readonly ConditionType[],
  scripted: ScriptedAnswers | undefined,
  components: Components,
): Record<string, Part> {
  const byStatus = new Map<number, { conditions: Set<string>; examples: Record<string, Part> }>();
  for (const { name, example } of conditions) {
    for (const profile of PROFILE_NAMES) {
      const { status, body } = dress(profiles[profile], example);
      const found = byStatus.get(status) ?? { conditions: new Set<string>(), examples: {} };
      byStatus.set(status, found);
      const key = `${profile}.${name}`;
      found.conditions.add(name);
      found.examples[key] = components.add('examples', key, { summary: `${name}, ${profile}`, value: body });
    }
  }
  const rows = [...byStatus].sort(([one], [other]) => one - other);
  return Object.fromEntries(
    rows.map(([status, found]) => {
      const asked = scripted?.body(status);
      if (asked) {
        const value = JSON.parse(asked.toString()) as unknown;
        const summary = `What Prefer: code=${status} brings`;
        found.examples.prefer = components.add('examples', `prefer.${status}`, { summary, value });
      }
      return [
        String(status),
        {
          description: `${STATUS_CODES[status] ?? ''}: ${[...found.conditions].join(', ')}.`,
          headers: headersOf(status, components),
          content: { [JSON_TYPE]: { schema: components.schema(apiError), examples: found.examples } },
        },
      ];
    }),
  );
}

function headersOf(status: number, components: Components): Part {
  return Object.fromEntries(
    Object.entries(HEADERS)
      .filter(([, { statuses }]) => statuses?.includes(status) !== false)
      .map(([name, { part }]) => [name, components.add('headers', name, part)]),
  );
}

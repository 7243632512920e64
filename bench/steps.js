// Which step of a request a stack frame belongs to, for the budget of the steps. A file of src that has no step here shows up
// as "unattributed" in the report, and test/bench/steps.test.ts fails; so does an entry without a file.
import { readdirSync } from 'node:fs';
import { sep } from 'node:path';

/** Paths below src, and modules of Node and npm, by step. The longest one that fits counts. */
export const STEPS = {
  route: ['http/steps/route', 'http/known-paths', 'http/paths', 'npm:find-my-way/', 'npm:fastify/lib/route'],
  scope: ['http/steps/scope', 'http/gatekeeper', 'identity/', 'world/'],
  credentials: ['http/credentials/', 'identity/credential-store', 'identity/oauth', 'identity/roles'],
  faults: ['http/faults/', 'http/steps/scripted', 'control/faults/'],
  version: ['http/steps/version'],
  query: ['http/steps/query', 'node:querystring', 'npm:fast-querystring/'],
  body: ['http/steps/body', 'npm:fastify/lib/content-type-parser', 'npm:secure-json-parse/'],
  rules: [
    'http/steps/fields',
    'http/steps/strict',
    'http/lints',
    'http/schema',
    'states/rules',
    'features/private-links/rules',
    'npm:@sinclair/typebox/',
  ],
  state: ['states/', 'features/', 'http/operation', 'kernel/ids', 'kernel/scheduler', 'kernel/clock'],
  SQL: ['kernel/database', 'kernel/tables', 'npm:better-sqlite3/'],
  answer: [
    ...[
      'http/replies/',
      'http/conditions',
      'http/control-error',
      'profiles/',
      'states/text',
      'npm:fastify/lib/reply',
    ],
    ...[
      'features/private-links/representation',
      'features/private-links/conditions',
      'identity/project-conditions',
    ],
  ],
  headers: ['http/cors', 'http/header', 'node:_http_outgoing'],
  telling: ['http/observation/', 'control/', 'kernel/events', 'kernel/schema-text'],
  pipeline: ['http/pipeline', 'app', 'core', 'config', 'kernel/', 'npm:fastify/', 'npm:avvio/'],
  'HTTP of Node': ['node:_http', 'node:internal/http'],
  'socket of Node': ['node:net', 'node:internal/stream', 'node:stream'],
};
/** What a profile has outside of all functions. */
const NATIVE = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'native, outside of functions',
  '(idle)': undefined,
};
/** Outside of requests: the program that starts the emulator, and what serves no request. */
const OUTSIDE = [
  'addresses',
  'cli/',
  'client/',
  'contract/',
  'exit',
  'index',
  'inspector/',
  'listener',
  'tls/',
  'version',
  'vitest',
];

const entries = Object.entries(STEPS)
  .flatMap(([step, starts]) => starts.map((start) => ({ step, start })))
  .sort((one, other) => other.start.length - one.start.length);

/** The name of a script as the table has it: `http/pipeline.js`, `npm:fastify/lib/reply.js`, `node:net`. */
export function scriptName(url) {
  const [, dependency] = /.*\/node_modules\/(.*)/.exec(url) ?? [];
  if (dependency) return `npm:${dependency}`;
  if (url.startsWith('node:')) return url;
  return /\/dist\/(.*)/.exec(url)?.[1] ?? '';
}

/** The step of a script; undefined if it has none. */
export function stepOfScript(name) {
  return entries.find(({ start }) => name.startsWith(start))?.step;
}

/**
 * The step of a sample: that of the innermost frame that has one.
 *
 * @param stack names of scripts, innermost first
 * @param native the name of the innermost function, which may be no function at all, such as the garbage collector
 * @returns undefined if the process was idle
 */
export function stepOf(stack, native) {
  if (Object.hasOwn(NATIVE, native)) return NATIVE[native];
  for (const name of stack) {
    const step = stepOfScript(name);
    if (step) return step;
    const isOwn = name !== '' && !/^(npm|node):/.test(name);
    if (isOwn && !OUTSIDE.some((start) => name.startsWith(start))) return `unattributed: ${name}`;
  }
  return 'event loop of Node';
}

/** Files of src that no entry covers, and entries that cover no file. @param folder src */
export function gaps(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.ts'));
  const own = entries.map(({ start }) => start).filter((start) => !/^(npm|node):/.test(start));
  return {
    uncovered: files.filter(
      (name) => !stepOfScript(name) && !OUTSIDE.some((start) => name.startsWith(start)),
    ),
    unused: [...own, ...OUTSIDE].filter((start) => !files.some((name) => name.startsWith(start))),
  };
}

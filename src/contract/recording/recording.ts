import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { UsageError } from '../../exit.js';
import { readText } from '../../kernel/files.js';
import { readFixture } from '../../version.js';

const texts = Type.Record(Type.String(), Type.String());

const call = {
  /** What it shows, in a few words; no two calls have the same. */
  name: Type.String(),
  /** The conditions of docs/errors.md whose inferred answer it settles. */
  settles: Type.Optional(Type.Array(Type.String())),
  method: Type.String(),
  /** With names such as `{links}` and `{link1}`. */
  path: Type.String({ pattern: '^(/api/|\\{)' }),
  accept: Type.Optional(Type.String()),
  /** The media type of the body, if it is not JSON. */
  type: Type.Optional(Type.String()),
  body: Type.Optional(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())])),
  as: Type.Optional(Type.Union(['caller', 'nobody', 'stranger', 'client'].map((one) => Type.Literal(one)))),
  /** The name of the link that it creates, or deletes. */
  creates: Type.Optional(Type.String()),
  deletes: Type.Optional(Type.String()),
  /** A link that must have been created before. */
  needs: Type.Optional(Type.String()),
  /** It is repeated until the link does not change any more, or is gone. */
  until: Type.Optional(Type.Union([Type.Literal('settled'), Type.Literal('gone')])),
  /** It is left out if the project has other links. */
  alone: Type.Optional(Type.Literal(true)),
};

const answer = Type.Object({
  status: Type.Integer(),
  headers: texts,
  body: Type.Optional(Type.Unknown()),
  /** How the JSON is written; `none` if the body is empty, `text` if it is no JSON. */
  layout: Type.Union(['compact', 'indented', 'other', 'none', 'text'].map((one) => Type.Literal(one))),
});

const step = Type.Object({
  ...call,
  answer: Type.Optional(answer),
  /** Why there is no answer. */
  left: Type.Optional(Type.String()),
  /** The states that the repeated calls saw, in order. */
  states: Type.Optional(Type.Array(Type.String())),
  /** Whether the link did not change any more, or was gone, at the last of them. */
  ended: Type.Optional(Type.Boolean()),
});

const recording = Type.Object({
  recording: Type.Literal('atlas-streams-emulator 1'),
  date: Type.String(),
  /** The version of the emulator that has made it. */
  version: Type.String(),
  credentials: Type.String(),
  /** Whether all calls were made, but for those that say why they were left out. */
  complete: Type.Boolean(),
  steps: Type.Array(step),
});

/** An answer without ids, times, hosts and secrets. */
export type Answer = Static<typeof answer>;
/** A call and its answer. */
export type Step = Static<typeof step>;
/** A call of the suite. */
export type Call = Omit<Step, 'answer' | 'left' | 'states' | 'ended'>;
/** The answers of a server to the calls of the suite. */
export type Recording = Static<typeof recording>;

/** The calls of a recording, in order: those that settle what is inferred first. */
export const { calls: CALLS, left: LEFT_OUT } = readFixture('contract/calls.json') as {
  readonly calls: readonly Call[];
  /** Conditions whose call is never made, and why. */
  readonly left: Readonly<Record<string, string>>;
};

/**
 * Reads a recording.
 *
 * @throws {UsageError} if the file is none
 */
export function readRecording(path: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const wrong = Value.Errors(recording, value).First();
  if (!wrong) return value as Recording;
  const where = wrong.path === '' ? '' : `: ${wrong.path} ${wrong.message.toLowerCase()}`;
  throw new UsageError(`${path} is no recording that contract record has made${where}`);
}

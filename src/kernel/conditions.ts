/**
 * What went wrong with a request, before a profile dresses it as an HTTP answer.
 *
 * `name` is the key of a row in the error table of both profiles.
 */
export interface Condition {
  readonly name: string;
  /** Values for the `%s` of the row's text, in order; Atlas repeats them as `parameters`. */
  readonly parameters: readonly (string | number)[];
  /** What is wrong with this request, as a sentence. Holds no secret. */
  readonly problem: string;
  /** What would have passed, as a sentence. */
  readonly remedy: string;
  /** Where the rule was learned: the source page, a recording, a client's source, an RFC, or "inferred". */
  readonly source: string;
  /** The field of the body that the condition concerns. */
  readonly field?: string;
}

/** A condition on its way to the answer. Thrown by any step of the ladder, caught in one place. */
export class Refusal extends Error {
  constructor(readonly condition: Condition) {
    super(condition.problem);
  }
}

/** Raises a condition. */
export function refuse(
  name: string,
  details: Omit<Condition, 'name' | 'parameters'> & { readonly parameters?: Condition['parameters'] },
): never {
  throw new Refusal({ name, parameters: [], ...details });
}

/** Where a rule was learned, for {@link Condition.source} and the profiles' rows. */
export const SOURCE = {
  page: "the API's documentation page",
  recorded: 'recorded from Atlas',
  client: "read in a client's source",
  atlasErrors: "Atlas's error codes, as recordings and client sources have them",
  documentation: 'Atlas documentation',
  description: "Atlas's public API description",
  inferred: 'inferred',
  emulator: "the emulator's own",
} as const;

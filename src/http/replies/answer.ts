/** JSON as text, already serialised. */
export type JsonText = string;

/** What a handler returns; one writer turns it into a reply. */
export type Answer = ResourceAnswer | PageAnswer;

/** One resource. */
export interface ResourceAnswer {
  readonly kind: 'resource';
  /** A JSON object as text. */
  readonly text: JsonText;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One page of a list. */
export interface PageAnswer {
  readonly kind: 'page';
  /** JSON objects as text, joined by commas. */
  readonly items: JsonText;
  /** How many there are on all pages; undefined where the caller does not want the count. */
  readonly totalCount: number | undefined;
  readonly hasNext: boolean;
}

/** Answers with one resource; an object is serialised with its keys in the order they have. */
export function resource(
  value: object | JsonText,
  headers?: Readonly<Record<string, string>>,
): ResourceAnswer {
  return {
    kind: 'resource',
    text: typeof value === 'string' ? value : JSON.stringify(value),
    ...(headers && { headers }),
  };
}

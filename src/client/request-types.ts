/** Why a request was refused. */
export interface Refusal {
  /** The name of the condition, as in docs/errors.md. */
  readonly name: string;
  /** What was wrong. */
  readonly rule: string;
  /** Where the rule was learned. */
  readonly source: string;
  /** What would have passed. */
  readonly remedy: string;
}

/** The steps of the ladder, one of which decides each answer. */
export type Rung =
  | 'route'
  | 'scripted answer'
  | 'credentials'
  | 'faults'
  | 'media type'
  | 'query'
  | 'project'
  | 'body'
  | 'fields'
  | 'state'
  | 'answer';

interface RequestLine {
  /** Grows, with gaps. */
  readonly seq: number;
  /** When it was answered, in real time (ISO 8601). */
  readonly at: string;
  /** The project that its path names. */
  readonly project?: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The `operationId`. */
  readonly operation?: string;
  /** The public key or client id of who was let in. */
  readonly caller?: string;
  /** 0 where no answer was sent. */
  readonly status: number;
  /** The step of the ladder that decided the answer. */
  readonly rung: Rung;
}

/** One side of a recorded request, secrets removed. */
export interface RecordedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The body was longer and was cut, or did not come whole. */
  readonly truncated: boolean;
}

/** A request and its answer. */
export interface RecordedRequest extends RequestLine {
  /** The version of the operation that answered. */
  readonly version?: string;
  readonly tookMs: number;
  readonly refusal?: Refusal;
  readonly request: RecordedMessage;
  readonly response: RecordedMessage;
}

/** A request that was refused, and why. */
export interface RefusedRequest extends RequestLine {
  readonly refusal: Refusal;
}

/** What requests are chosen by; what is left out, any. */
export interface RequestFilter {
  readonly operation?: string;
  readonly method?: string;
  /** Its query counts only if this has one; each `*` stands for any text. */
  readonly path?: string;
  /** Public key or client id. */
  readonly caller?: string;
  readonly status?: number;
  readonly rung?: Rung;
  /** Only requests with a higher number than this. */
  readonly since?: number;
}

/** A filter that can look into bodies too. */
export interface RequestMatcher extends RequestFilter {
  /**
   * A part of the JSON body. Requests that were refused have one too, such as the first of each two that a client signs
   * with digest; `status` leaves them out.
   */
  readonly body?: unknown;
}

import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';

/** Recordings and descriptions of Atlas, outside of the repository. */
const FOLDER = new URL('../../../shared/atlas/', import.meta.url);

/** One recorded answer of Atlas. The names of headers are in lower case. */
export interface Recording {
  readonly source: string;
  readonly method: string;
  /** The path, its slashes written as underscores. */
  readonly path_flat: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer of Atlas that was recorded, printed in a client's log, or documented. */
export interface RecordedAnswer {
  /** How it was found. */
  readonly kind?: string;
  readonly method: string;
  /** The path, or the path with its slashes written as underscores. */
  readonly path?: string;
  readonly path_flat?: string;
  readonly status: number;
  readonly date?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null or empty if there was none. */
  readonly body: Readonly<Record<string, unknown>> | '' | null;
}

/** An answer of Atlas about stream workspaces and their connections. */
export interface StreamsAnswer extends Pick<RecordedAnswer, 'method' | 'status' | 'date' | 'body'> {
  readonly path: string;
  readonly contentType: string;
  readonly javaMethod?: string;
}

/** One request of a client, and the status that it got. */
export interface ClientStep {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly errorCode?: string;
  /** The same request was sent before without `Authorization`. */
  readonly challengedFirst?: true | string;
}

/** What a client did, in order. */
export interface ClientFlow {
  readonly client: string;
  readonly version: string;
  readonly flow: string;
  readonly headersOfEveryRequest?: Readonly<Record<string, string>>;
  readonly steps?: readonly ClientStep[];
  /** Bodies of creates, if the flow has only creates. */
  readonly creates?: readonly { readonly vendor: string; readonly body: string; readonly status: number }[];
}

/** Any part of the API description. */
export type Described = Readonly<Record<string, unknown>>;

interface Evidence {
  readonly 'recorded-responses': readonly Recording[];
  readonly 'recorded-responses-2': { readonly answers: readonly RecordedAnswer[] };
  readonly 'recorded-streams': { readonly answers: readonly StreamsAnswer[] };
  readonly 'client-requests': { readonly clients: readonly ClientFlow[] };
  readonly operations: { readonly operations: readonly (readonly [string, string, string])[] };
  readonly 'openapi-streams': Described & {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
}

/** Whether the evidence is there. */
export const EVIDENCE_PRESENT = existsSync(new URL('recorded-responses.json', FOLDER));

/** One file of the evidence, or `otherwise` where there is none. */
export function evidence<Name extends keyof Evidence>(name: Name, otherwise: Evidence[Name]): Evidence[Name] {
  if (!EVIDENCE_PRESENT) return otherwise;
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Evidence[Name];
}

/** A suite about the evidence itself, such as whether a digest has its facts; it is left out where there is none. */
export function describeWithEvidence(title: string, tests: () => void): void {
  if (EVIDENCE_PRESENT) describe(title, tests);
}

import { readFileSync } from 'node:fs';

/** Statuses that a request can ask for: those that the source page shows a body for. */
const SCRIPTED_STATUSES = ['400', '401', '403', '404', '500'] as const;

export type ScriptedStatus = (typeof SCRIPTED_STATUSES)[number];

/** The page's error bodies, byte for byte as the fixtures hold them. */
export class ScriptedAnswers {
  readonly #bodies: ReadonlyMap<string, Buffer>;

  /** @param folder where `400.json` and the others stand */
  constructor(folder: URL) {
    this.#bodies = new Map(
      SCRIPTED_STATUSES.map((status) => [status, readFileSync(new URL(`${status}.json`, folder))]),
    );
  }

  /** The page's body for a status, if it shows one. */
  body(status: number): Buffer | undefined {
    return this.#bodies.get(String(status));
  }

  /** The answer that a `Prefer` header asks for, or undefined if it asks for none that there is. */
  find(prefer: string | undefined): { readonly status: ScriptedStatus; readonly body: Buffer } | undefined {
    if (prefer === undefined) return undefined;
    const code = preference(prefer, 'code');
    const body = code === undefined ? undefined : this.#bodies.get(code);
    return body && { status: code as ScriptedStatus, body };
  }
}

/**
 * Returns the value of a preference (RFC 7240, section 2): names match without case, a value may be quoted, of
 * several with one name the first counts, and parameters behind a semicolon are passed over.
 */
function preference(prefer: string, name: string): string | undefined {
  for (const part of prefer.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const match = /^\s*([^\s=;,"]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?/.exec(part);
    if (match?.[1]?.toLowerCase() === name) return match[2] ?? match[3] ?? '';
  }
  return undefined;
}

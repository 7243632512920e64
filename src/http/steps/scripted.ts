import { readFileSync } from 'node:fs';
import { defineCondition, SOURCE } from '../../profiles/index.js';

/** Statuses that the source page shows a body for. Its sixth body, without a status there, is that of the 409. */
const SCRIPTED_STATUSES = ['400', '401', '403', '404', '409', '500'] as const;

export const noScriptedAnswer = defineCondition('noScriptedAnswer', {
  when: '`Prefer: code=…` asks for an error, 400 to 599, that the source page shows no body for.',
  observed: [
    400,
    'VALIDATION_ERROR',
    `The source page shows no body for %s, but for ${SCRIPTED_STATUSES.join(', ')}.`,
    SOURCE.emulator,
  ],
  describe: (status: string) => ({
    problem: `Prefer asks for the body of a ${status}, and the source page shows none.`,
    remedy: `Send code= with one of ${SCRIPTED_STATUSES.join(', ')}, or leave Prefer out.`,
    source: SOURCE.emulator,
  }),
  example: ['418'],
});

/** The page's error bodies, byte for byte as the fixtures hold them. */
export class ScriptedAnswers {
  readonly #bodies: ReadonlyMap<string, Buffer>;

  /** @param folder where `400.json` and the others stand */
  constructor(folder: URL) {
    this.#bodies = new Map(
      SCRIPTED_STATUSES.map((status) => [status, readFileSync(new URL(`${status}.json`, folder))]),
    );
  }

  /** The statuses that the page shows a body for. */
  get statuses(): readonly number[] {
    return SCRIPTED_STATUSES.map(Number);
  }

  /** The page's body for a status, if it shows one. */
  body(status: number): Buffer | undefined {
    return this.#bodies.get(String(status));
  }

  /**
   * The answer that a `Prefer` header asks for, or undefined if it asks for no error.
   *
   * @throws {Refusal} `noScriptedAnswer`
   */
  find(prefer = ''): { readonly status: string; readonly body: Buffer } | undefined {
    const status = preference(prefer, 'code') ?? '';
    const body = this.#bodies.get(status);
    if (body) return { status, body };
    if (/^[45]\d\d$/.test(status)) throw noScriptedAnswer(status);
    return undefined;
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

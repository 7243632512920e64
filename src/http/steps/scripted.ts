import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { defineCondition, SOURCE } from '../../profiles/index.js';
import { headerOf } from '../header.js';
import { sendBytes } from '../replies/replies.js';

/** Statuses that the source page shows a body for. Its sixth body, without a status there, is that of the 409. */
const STATUSES = [400, 401, 403, 404, 409, 500];
const SHOWN = STATUSES.join(', ');
const NO_BODY = `The source page shows no body for %s, but for ${SHOWN}.` as const;

/** `Prefer: code=…` asks for an error, 400 to 599, that the source page shows no body for. */
export const noScriptedAnswer = defineCondition('noScriptedAnswer', {
  observed: [400, 'VALIDATION_ERROR', NO_BODY, SOURCE.emulator],
  problem: (status: string) => `Prefer asks for the body of a ${status}, and the source page shows none.`,
  remedy: `Send code= with one of ${SHOWN}, or leave Prefer out.`,
  example: ['418'],
});

/** The page's error bodies, byte for byte as the fixtures have them. */
export class ScriptedAnswers {
  /** Each by its status. */
  readonly bodies: ReadonlyMap<number, Buffer>;

  /** @param folder contains `400.json` and so on */
  constructor(folder: URL) {
    const read = (status: number): Buffer => readFileSync(new URL(`${status}.json`, folder));
    this.bodies = new Map(STATUSES.map((status) => [status, read(status)]));
  }

  /**
   * Sends the body that the header `Prefer` asks for. Returns whether it asks for an error.
   *
   * @throws {Refusal} `noScriptedAnswer`
   */
  send({ headers, exchange }: FastifyRequest, reply: FastifyReply): boolean {
    const prefer = headerOf(headers, 'prefer');
    if (prefer === undefined) return false;
    const code = preference(prefer, 'code') ?? '';
    if (!/^[45]\d\d$/.test(code)) return false;
    const body = this.bodies.get(Number(code));
    if (!body) throw noScriptedAnswer(code);
    const problem = `Prefer asks for the body that the source page shows for ${code}.`;
    const condition = { name: 'scripted', problem, remedy: 'Leave Prefer out.', source: SOURCE.page };
    exchange.addHeaders({ 'preference-applied': `code=${code}` });
    sendBytes(reply, condition, Number(code), body);
    return true;
  }
}

/**
 * Returns the value of a preference (RFC 7240, section 2): names match without case, a value may be quoted, of
 * several with one name the first counts, and parameters after a semicolon are ignored.
 */
function preference(prefer: string, name: string): string | undefined {
  for (const part of prefer.match(/(?:"(?:[^"\\]|\\.?)*(?:"|$)|[^,"])+/g) ?? []) {
    const match = /^\s*([^\s=;,"]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?/.exec(part);
    if (match?.[1]?.toLowerCase() === name) return match[2] ?? match[3] ?? '';
  }
  return undefined;
}

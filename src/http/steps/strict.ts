import type { FastifyRequest } from 'fastify';
import { defineCondition, SOURCE } from '../../profiles/index.js';
import { bodyLints, queryLints, versionLints, type Lint } from '../lints.js';
import type { Exchange } from '../observation/exchange.js';
import type { AtlasOperation } from '../operation.js';

const VALIDATION_ERROR = 'The request content produced the validation error: %s.';

/**
 * The project or the emulator is strict (`--strict`), and the request has something that [rules](rules.md) warns of and
 * that Atlas would take.
 */
export const doubtfulRequest = defineCondition('doubtfulRequest', {
  observed: [400, 'VALIDATION_ERROR', VALIDATION_ERROR, SOURCE.emulator],
  problem: (sentence: string, _mend: string, rule: string) =>
    `${sentence}. Atlas would take it; the rule ${rule} refuses it, because this is strict.`,
  remedy: (_sentence, mend) => mend,
  example: ['There is no query parameter itemPerPage', 'Send itemsPerPage.', 'unknownQueryParameter'],
});

/** Refuses what Atlas takes, and the client can hardly mean, in strict projects. */
export class Strictness {
  /**
   * @param standard whether projects are strict that do not say, and requests without a project
   * @param realTime the machine's time
   */
  constructor(
    private readonly standard: boolean,
    private readonly realTime: () => number,
  ) {}

  /** Checks the query and the version. @throws {Refusal} `doubtfulRequest` */
  checkRequest({ exchange, query, headers }: FastifyRequest, operation: AtlasOperation): void {
    if (!this.#applies(exchange)) return;
    refuse([
      ...queryLints(operation, Object.keys(query as object)),
      ...versionLints(operation, headers.accept, exchange.version, this.realTime()),
    ]);
  }

  /** Checks the body. @throws {Refusal} `doubtfulRequest` */
  checkBody(exchange: Exchange, operation: AtlasOperation): void {
    if (this.#applies(exchange)) refuse(bodyLints(operation, exchange.json));
  }

  #applies({ project }: Exchange): boolean {
    return project?.pace.strict ?? this.standard;
  }
}

function refuse([lint]: readonly Lint[]): void {
  if (lint) throw doubtfulRequest(lint.problem.replace(/\.$/, ''), lint.mend, lint.rule);
}

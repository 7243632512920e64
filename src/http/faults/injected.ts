import type { FastifyRequest } from 'fastify';
import { SOURCE, type Condition } from '../../kernel/conditions.js';
import { hexDigits } from '../../kernel/derived.js';
import { BODY_LIMIT } from '../steps/body.js';
import { actionOf, type KeptFault } from './rule.js';
import { TOKENS_A_MINUTE } from './limits.js';
import { pathWithoutQuery } from '../paths.js';
import { REQUESTS_A_MINUTE } from './request-quota.js';

type Named = Pick<Condition, 'name' | 'parameters'>;

/** What Atlas says with a status, where it says always the same or the usual thing. */
const USUAL: Readonly<Record<number, (request: FastifyRequest) => Named>> = {
  400: () => ({ name: 'malformedRequest', parameters: ['a fault rule asked for it'] }),
  401: () => ({ name: 'unauthenticated', parameters: [] }),
  403: ({ ip }) => ({ name: 'addressNotAllowed', parameters: [ip] }),
  404: ({ url }) => ({ name: 'pathNotFound', parameters: [pathWithoutQuery(url)] }),
  405: ({ method }) => ({ name: 'methodNotAllowed', parameters: [method] }),
  406: () => ({ name: 'notAcceptable', parameters: [] }),
  409: ({ exchange }) => ({ name: 'projectExists', parameters: [exchange.projectId ?? ''] }),
  413: () => ({ name: 'bodyTooLarge', parameters: [BODY_LIMIT] }),
  415: ({ headers }) => ({ name: 'unsupportedMediaType', parameters: [headers['content-type'] ?? 'none'] }),
  429: (request) => ({
    name: 'rateLimited',
    parameters: [pathWithoutQuery(request.url), limitOf(request), 1],
  }),
};

/** Requests a minute that Atlas would have taken here. */
export function limitOf({ exchange }: FastifyRequest): number {
  return exchange.operationId === 'createToken' ? TOKENS_A_MINUTE : REQUESTS_A_MINUTE;
}

/**
 * The condition of a request that a rule answers with a status. A status that Atlas was not seen to send is dressed as
 * an unexpected error.
 */
export function injectedCondition(request: FastifyRequest, fault: KeptFault, status: number): Condition {
  const { conflict } = request.exchange.operation ?? {};
  const named: Named =
    status === 409 && conflict !== undefined
      ? { name: conflict, parameters: [hexDigits(fault.rule.id, 24)] }
      : (USUAL[status]?.(request) ?? { name: 'unexpected', parameters: [] });
  return { ...faultCondition(fault, `answers ${status}`), ...named };
}

/** The condition of a request that a rule has decided, in words that name the rule. */
export function faultCondition({ rule, project }: KeptFault, does: string): Condition {
  const where = project === undefined ? 'the whole server' : `project ${project}`;
  const path = project === undefined ? '' : `/projects/${project}`;
  return {
    name: actionOf(rule),
    parameters: [],
    problem: `The fault rule ${rule.id} of ${where} ${does}.`,
    remedy: `DELETE /_emulator${path}/faults/${rule.id}, or what the rule does not match.`,
    source: SOURCE.emulator,
  };
}

import type { FastifyRequest } from 'fastify';
import { hexDigits } from '../../kernel/ids.js';
import type { Decision } from '../../kernel/events.js';
import { defineCondition, SOURCE, type Condition, type ConditionType } from '../../profiles/index.js';
import { unauthenticated } from '../credentials/credentials.js';
import { accessDenied, invalidClient, invalidGrant, serverError } from '../credentials/token-errors.js';
import { pathWithoutQuery } from '../paths.js';
import { malformedRequest, unexpected } from '../replies/failures.js';
import { BODY_LIMIT, bodyTooLarge, unsupportedMediaType } from '../steps/body.js';
import { methodNotAllowed, pathNotFound } from '../steps/route.js';
import { projectExists } from '../steps/scope.js';
import { notAcceptable } from '../steps/version.js';
import { rateLimited } from './limits.js';
import { actionOf, type ScopedFault } from './rule.js';

const NOT_ALLOWED = 'IP address %s is not allowed to access this resource.';

/** A fault rule answers 403. The emulator itself has no access lists. */
export const addressNotAllowed = defineCondition('addressNotAllowed', {
  observed: [403, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', NOT_ALLOWED, SOURCE.atlasErrors],
  problem: (address: string) => `A fault rule refuses the address ${address}.`,
  remedy: 'Remove the rule.',
  example: ['127.0.0.1'],
});

/** What Atlas answers with a status, where it always answers the same or has a usual answer. @param limit requests a minute */
const USUAL: Readonly<Record<number, (request: FastifyRequest, limit: number) => Condition>> = {
  400: () => malformedRequest('a fault rule asked for it').condition,
  401: () => unauthenticated.example,
  403: ({ ip }) => addressNotAllowed(ip).condition,
  404: ({ url }) => pathNotFound(pathWithoutQuery(url), undefined).condition,
  405: ({ method }) => methodNotAllowed(method, '', [], undefined).condition,
  406: () => notAcceptable.example,
  409: ({ exchange }) => projectExists(exchange.project?.id ?? '').condition,
  413: () => bodyTooLarge(BODY_LIMIT).condition,
  415: ({ headers }) => unsupportedMediaType(headers['content-type'] ?? 'none').condition,
  429: ({ url }, limit) => rateLimited(pathWithoutQuery(url), limit, 1).condition,
};

/** What the token endpoints answer with a status (Atlas documentation). */
const USUAL_OF_TOKENS: Readonly<Record<number, Condition>> = {
  400: invalidGrant.example,
  401: invalidClient.example,
  403: accessDenied.example,
  500: serverError.example,
};

/** The condition of a request that a rule answers with a status: of one that Atlas was not seen to send, `unexpected`. */
export function injectedCondition(
  request: FastifyRequest,
  fault: ScopedFault,
  status: number,
  limit: number,
): Condition {
  const { operation } = request.exchange;
  const own = status === 409 ? operation?.conflict?.(hexDigits(fault.rule.id, 24)).condition : undefined;
  const ofTokens = operation ? undefined : USUAL_OF_TOKENS[status];
  const usual = own ?? ofTokens ?? USUAL[status]?.(request, limit) ?? unexpected.example;
  return { ...usual, ...faultDecision(fault, `answers ${status}`), name: usual.name };
}

/**
 * The condition of an error that a rule names: Atlas's code and text in both profiles, each with its status and form.
 *
 * @param type the condition with this code
 */
export function namedCondition(fault: ScopedFault, type: ConditionType): Condition {
  const { example, rows } = type;
  const { errorCode, detail = '' } = rows.observed;
  const documented = { ...rows.documented, errorCode, detail };
  const { parameters = example.parameters } = fault.rule;
  const decision = { ...faultDecision(fault, `answers ${errorCode}`), name: type.name };
  return { ...decision, parameters, rows: { ...rows, documented } };
}

/** The reason of an answer that a rule decided; it names the rule. */
export function faultDecision({ rule, project }: ScopedFault, does: string): Decision {
  const [where, path] =
    project === null ? ['the whole server', ''] : [`project ${project}`, `/projects/${project}`];
  return {
    name: actionOf(rule),
    problem: `The fault rule ${rule.id} of ${where} ${does}.`,
    remedy: `DELETE /_emulator${path}/faults/${rule.id}, or what the rule does not match.`,
    source: SOURCE.emulator,
  };
}

import type { FastifyRequest } from 'fastify';
import { defineCondition, Refusal, SOURCE } from '../../profiles/index.js';
import { BODY_LIMIT, bodyTooLarge, unsupportedMediaType } from '../steps/body.js';
import { redactTarget } from '../observation/redaction.js';

export const malformedRequest = defineCondition('malformedRequest', {
  when: 'The path has a broken escape, or the request is not well-formed HTTP. A request that cannot be read at all gets this code with 400, 408 (it never ended) or 431 (its headers are too long).',
  observed: [
    400,
    'VALIDATION_ERROR',
    'The request content produced the validation error: %s.',
    SOURCE.standard,
  ],
  settledBy: 'GET /api/atlas/v2/groups/%zz',
  describe: (sentence: string) => ({
    problem: `The request cannot be read: ${sentence}.`,
    remedy: 'Send well-formed HTTP.',
  }),
  example: ['the path has a broken escape'],
});

export const unexpected = defineCondition('unexpected', {
  when: 'An error in the emulator. No request is known to cause one; please report it.',
  observed: [500, 'UNEXPECTED_ERROR', 'Unexpected error.', SOURCE.recorded],
  describe: () => ({
    problem: 'The emulator met an error of its own.',
    remedy: 'Please report it, with the log.',
    source: SOURCE.emulator,
  }),
  example: [],
});

/** The refusal that answers an error which a step threw, Fastify's own included. */
export function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(BODY_LIMIT);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return unsupportedMediaType(request.headers['content-type'] ?? 'none');
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return unexpected();
  const sentence = (message ?? 'the request is malformed')
    .replace(request.url, () => redactTarget(request.url))
    .replace(/\.$/, '');
  return malformedRequest(sentence);
}

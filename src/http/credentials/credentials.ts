import type { FastifyRequest } from 'fastify';
import { defineCondition, profiles, SOURCE } from '../../profiles/index.js';
import type { ProfileName, Refusal, Source } from '../../profiles/index.js';
import { digestResponse, parseDigest, REALM, sameHash, type Nonces } from './digest.js';
import type { Caller, Gatekeeper } from '../gatekeeper.js';
import { headerOf } from '../header.js';
import { redactTarget } from '../observation/redaction.js';
import { API_PREFIX, pathOf, pathWithoutQuery, withoutBase } from '../paths.js';

const { bearer, digest, digestNonce, digestUri, page, recorded } = SOURCE;

const SEND_CREDENTIALS =
  'Send HTTP digest with an API key (curl --user PUBLIC:PRIVATE --digest) or Authorization: Bearer with a token from /api/oauth/token.';

/** What the challenge demands of the parameters of a digest, the problem, and the remedy. */
const DEMANDS = [
  ['algorithm', /^MD5$/i, 'is made with another algorithm', 'Use MD5'],
  ['qop', /^auth$/i, 'has another quality of protection', 'Use qop=auth'],
  ['nc', /^[0-9a-f]{8}$/i, 'has an nc that is not 8 hexadecimal digits', 'Count from nc=00000001'],
  ['realm', new RegExp(`^${REALM}$`), 'is made for another realm', `Use realm="${REALM}"`],
] as const;

/**
 * There are no credentials, or they are wrong, too old or revoked. The answer carries the digest challenge; as
 * observed it is indented and has its keys in an order of its own.
 */
export const unauthenticated = defineCondition('unauthenticated', {
  observed: [401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.', recorded],
  rule: [recorded, page, bearer, digest, SOURCE.digestResponse, digestNonce, digestUri],
  form: { keys: ['error', 'reason', 'detail', 'errorCode'], indented: true },
  problem: 'The request has no credentials.',
  remedy: SEND_CREDENTIALS,
  example: [],
});

const denied = (problem: string, remedy: string, source: Source = digest): Refusal =>
  unauthenticated().because({ problem, remedy, source });

/** The problem of a token that was valid. */
export const EXPIRED = 'The bearer token has expired.';

/** Authenticates requests, by HTTP digest or by a bearer token. */
export class Credentials {
  /** @param basePath the path of the public address, which the `uri` of a digest may begin with */
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly nonces: Nonces,
    private readonly basePath: string,
  ) {}

  /**
   * Returns the caller, and notes on the exchange if only the nonce is too old, so that the challenge can say so.
   *
   * @throws {Refusal} `unauthenticated`
   */
  check(request: FastifyRequest): Caller {
    const authorization = headerOf(request.headers, 'authorization');
    if (authorization === undefined) throw unauthenticated();
    const [start = '', scheme = ''] = /^\s*(\S+)/.exec(authorization) ?? [];
    const rest = authorization.slice(start.length).trim();
    if (/^digest$/i.test(scheme)) return this.#digest(rest, request);
    if (/^bearer$/i.test(scheme)) return this.#bearer(rest);
    const problem = 'The Authorization header is neither Digest nor Bearer.';
    throw denied(problem, SEND_CREDENTIALS, page);
  }

  #bearer(token: string): Caller {
    const holder = this.gatekeeper.credentials.bearer(token);
    if (typeof holder !== 'string') return holder;
    const problem = {
      expired: EXPIRED,
      revoked: 'The bearer token was revoked.',
      unknown: 'The bearer token is not one of this emulator.',
    }[holder];
    const remedy = 'Get a token with POST /api/oauth/token, client id and secret as HTTP Basic.';
    throw denied(problem, remedy, bearer);
  }

  #digest(parameters: string, { method, url, exchange }: FastifyRequest): Caller {
    const sent = parseDigest(parameters);
    if (typeof sent === 'string') throw denied(sent, SEND_CREDENTIALS);
    const unmet = DEMANDS.find(([name, demanded]) => !demanded.test(sent[name]));
    if (unmet) throw denied(`The digest ${unmet[2]}.`, `${unmet[3]}, as the challenge says.`);
    const key = this.gatekeeper.credentials.credential(sent.username);
    if (key?.caller.kind !== 'API key') {
      const remedy = 'Use a public key that the fixture or the start-up message names.';
      throw denied('No API key has the public key that the digest names.', remedy);
    }
    const target = pathOf(url);
    const uri = withoutBase(pathOf(sent.uri), this.basePath);
    if (!isUriOf(target, uri, exchange.project?.profile ?? key.caller.profile)) {
      const [signed, requested] = [sent.uri, target].map(redactTarget);
      const problem = `The digest is made for another uri: ${signed}, and the request is for ${requested}.`;
      const remedy =
        'Sign the path and query of the request line. If a proxy removes a path, start the emulator with --public-url and this path.';
      throw denied(problem, remedy, digestUri);
    }
    // Before the nonce: only a right response may learn that its nonce is stale, or use up a count.
    const expected = digestResponse(sent, { password: key.secret, method });
    if (!sameHash(expected, sent.response.toLowerCase())) {
      const remedy = 'Sign with the private key that belongs to the public key.';
      const problem = 'The digest does not match the private key of this public key.';
      throw denied(problem, remedy, SOURCE.digestResponse);
    }
    const taken = this.nonces.take(sent.nonce, parseInt(sent.nc, 16));
    if (taken === 'taken') return key.caller;
    const problem = {
      old: 'The nonce is too old.',
      unknown: 'The nonce was not issued by this run of the emulator.',
      replayed: 'This count of the nonce was used before.',
    }[taken];
    exchange.staleNonce = true;
    throw denied(problem, 'Answer the new challenge.', digestNonce);
  }
}

/**
 * Whether a digest's uri is that of a request. RFC 7616 wants path and query of the request line. Jetty, whose challenge
 * Atlas's is, does not compare them (run), so a client that signs the path alone, or what it calls a path below its base
 * URL, is let in there.
 */
function isUriOf(target: string, uri: string, profile: ProfileName): boolean {
  if (uri === target) return true;
  const path = pathWithoutQuery(target);
  const whole = uri.startsWith(API_PREFIX) ? uri : API_PREFIX + uri;
  return profiles[profile].takesPartialDigestUri && [path, target].includes(whole);
}

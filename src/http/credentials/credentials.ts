import type { IncomingMessage } from 'node:http';
import { defineCondition, profiles, SOURCE, type ProfileName, type Source } from '../../profiles/index.js';
import { digestResponse, parseDigest, REALM, sameSecret, type Nonces } from './digest.js';
import type { Caller, Gatekeeper } from '../gatekeeper.js';
import { redactTarget } from '../observation/redaction.js';
import { API_PREFIX, pathOf, pathWithoutQuery, withoutBase } from '../paths.js';

/** Why a request has no caller. `stale`: right credentials on a nonce that is no longer valid. */
interface Denial {
  readonly problem: string;
  readonly remedy: string;
  readonly source: Source;
  readonly stale?: boolean;
}

const SEND_CREDENTIALS =
  'Send HTTP digest with an API key (curl --user PUBLIC:PRIVATE --digest) or Authorization: Bearer with a token from /api/oauth/token.';

const NO_CREDENTIALS: Denial = {
  problem: 'The request has no credentials.',
  remedy: SEND_CREDENTIALS,
  source: SOURCE.recorded,
};

/** What the challenge demands of the parameters of a digest, the problem, and the remedy. */
const DEMANDS = [
  ['algorithm', /^MD5$/i, 'is made with another algorithm', 'Use MD5'],
  ['qop', /^auth$/i, 'has another quality of protection', 'Use qop=auth'],
  [
    'nc',
    /^[0-9a-f]{8}$/i,
    'has an nc that is not 8 hexadecimal digits',
    'Count requests as nc=00000001 and so on',
  ],
  ['realm', new RegExp(`^${REALM}$`), 'is made for another realm', `Use realm="${REALM}"`],
] as const;

export const unauthenticated = defineCondition('unauthenticated', {
  when: 'There are no credentials, or they are wrong, too old or revoked. The answer carries the digest challenge; as observed it is indented and has its keys in an order of its own.',
  observed: [401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.', SOURCE.recorded],
  rule: [
    ...([SOURCE.recorded, SOURCE.page, SOURCE.bearer] as const),
    ...[SOURCE.digest, SOURCE.digestResponse, SOURCE.digestNonce, SOURCE.digestUri],
  ],
  form: { keys: ['error', 'reason', 'detail', 'errorCode'], indented: true },
  describe: ({ problem, remedy, source }: Denial) => ({ problem, remedy, source }),
  example: [NO_CREDENTIALS],
});

/** Authenticates requests, by HTTP digest or by a bearer token. */
export class Credentials {
  /** @param basePath the path of the public address, which the `uri` of a digest may begin with */
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly nonces: Nonces,
    private readonly basePath: string,
  ) {}

  /**
   * Returns the caller.
   *
   * @param projectProfile that of the project which the path names, if any
   * @param onStale called before the refusal if only the nonce is too old, so that the challenge can say so
   * @throws {Refusal} `unauthenticated`
   */
  check(request: IncomingMessage, projectProfile: ProfileName | undefined, onStale: () => void): Caller {
    const answer = this.#callerOf(request, projectProfile);
    if ('id' in answer) return answer;
    if (answer.stale) onStale();
    throw unauthenticated(answer);
  }

  #callerOf(request: IncomingMessage, projectProfile: ProfileName | undefined): Caller | Denial {
    const { authorization } = request.headers;
    if (authorization === undefined) return NO_CREDENTIALS;
    const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(authorization) ?? [];
    if (/^digest$/i.test(scheme)) return this.#digest(rest, request, projectProfile);
    if (/^bearer$/i.test(scheme)) return this.#bearer(rest.trim());
    const problem = 'The Authorization header is neither Digest nor Bearer.';
    return { problem, remedy: SEND_CREDENTIALS, source: SOURCE.page };
  }

  #bearer(token: string): Caller | Denial {
    const holder = this.gatekeeper.credentials.bearer(token);
    if (typeof holder !== 'string') return holder;
    const problem = {
      expired: 'The bearer token has expired.',
      revoked: 'The bearer token was revoked.',
      unknown: 'The bearer token is not one of this emulator.',
    }[holder];
    const remedy = 'Get a token with POST /api/oauth/token, client id and secret as HTTP Basic.';
    return { problem, remedy, source: SOURCE.bearer };
  }

  #digest(
    parameters: string,
    { method = '', url = '' }: IncomingMessage,
    projectProfile: ProfileName | undefined,
  ): Caller | Denial {
    const denied = (problem: string, remedy: string, source: Source = SOURCE.digest): Denial => ({
      problem,
      remedy,
      source,
    });
    const sent = parseDigest(parameters);
    if (typeof sent === 'string') return denied(sent, SEND_CREDENTIALS);
    const unmet = DEMANDS.find(([name, demanded]) => !demanded.test(sent[name]));
    if (unmet) return denied(`The digest ${unmet[2]}.`, `${unmet[3]}, as the challenge says.`);
    const key = this.gatekeeper.credentials.credential(sent.username);
    if (key?.caller.kind !== 'API key') {
      const remedy = 'Use a public key that the fixture or the start-up message names.';
      return denied('No API key has the public key that the digest names.', remedy);
    }
    const target = pathOf(url);
    const uri = withoutBase(pathOf(sent.uri), this.basePath);
    if (!isUriOf(target, uri, projectProfile ?? key.caller.profile)) {
      const [signed, requested] = [sent.uri, target].map(redactTarget);
      const problem = `The digest is made for another uri: ${signed}, and the request is for ${requested}.`;
      const remedy =
        'Sign the path and query of the request line. If a proxy removes a path, start the emulator with --public-url and this path.';
      return denied(problem, remedy, SOURCE.digestUri);
    }
    // Before the nonce: only a right response may learn that its nonce is stale, or use up a count.
    const expected = digestResponse(sent, { password: key.secret, method });
    if (!sameSecret(expected, sent.response.toLowerCase())) {
      const remedy = 'Sign with the private key that belongs to the public key.';
      return denied(
        'The digest does not match the private key of this public key.',
        remedy,
        SOURCE.digestResponse,
      );
    }
    const taken = this.nonces.take(sent.nonce, parseInt(sent.nc, 16));
    if (taken === 'taken') return key.caller;
    const problem = {
      old: 'The nonce is too old.',
      unknown: 'The nonce was not issued by this run of the emulator.',
      replayed: 'This count of the nonce was used before.',
    }[taken];
    return { ...denied(problem, 'Answer the new challenge.', SOURCE.digestNonce), stale: true };
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

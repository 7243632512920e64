import type { IncomingMessage } from 'node:http';
import { defineCondition, profiles, SOURCE, type ProfileName } from '../../profiles/index.js';
import { digestResponse, parseDigest, REALM, sameSecret, type Nonces } from './digest.js';
import type { Caller, Gatekeeper } from '../gatekeeper.js';
import { API_PREFIX, pathOf, pathWithoutQuery } from '../paths.js';

/** Why a request has no caller. `stale`: right credentials on a nonce that can be used no more. */
interface Denial {
  readonly problem: string;
  readonly remedy: string;
  readonly source: string;
  readonly stale?: boolean;
}

const SEND_CREDENTIALS =
  'Send HTTP digest with an API key (curl --user PUBLIC:PRIVATE --digest) or Authorization: Bearer with a token from /api/oauth/token.';

export const unauthenticated = defineCondition('unauthenticated', {
  when: 'There are no credentials, or they are wrong, too old or revoked. The answer carries the digest challenge; as observed it is indented and has its keys in an order of its own.',
  observed: [401, 'UNEXPECTED_ERROR', 'You are not authorized for this resource.', SOURCE.recorded],
  form: { keys: ['error', 'reason', 'detail', 'errorCode'], indented: true },
  describe: ({ problem, remedy, source }: Denial) => ({ problem, remedy, source }),
  example: [
    { problem: 'The request has no credentials.', remedy: SEND_CREDENTIALS, source: SOURCE.recorded },
  ],
});

/** Finds out who sends a request, by HTTP digest or by a bearer token. */
export class Credentials {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly nonces: Nonces,
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
    const header = request.headers.authorization;
    if (header === undefined) {
      return {
        problem: 'The request has no credentials.',
        remedy: SEND_CREDENTIALS,
        source: SOURCE.recorded,
      };
    }
    const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(header) ?? [];
    switch (scheme.toLowerCase()) {
      case 'digest':
        return this.#digest(rest, request.method ?? '', request.url ?? '', projectProfile);
      case 'bearer':
        return this.#bearer(rest.trim());
      default:
        return {
          problem: 'The Authorization header is neither Digest nor Bearer.',
          remedy: SEND_CREDENTIALS,
          source: SOURCE.page,
        };
    }
  }

  #bearer(token: string): Caller | Denial {
    const holder = this.gatekeeper.credentials.bearer(token);
    if (typeof holder !== 'string') return holder;
    const problem = {
      expired: 'The bearer token has expired.',
      revoked: 'The bearer token was revoked.',
      unknown: 'The bearer token is not one of this emulator.',
    }[holder];
    return {
      problem,
      remedy: 'Get a token with POST /api/oauth/token, client id and secret as HTTP Basic.',
      source: 'RFC 6750, section 3.1',
    };
  }

  #digest(
    parameters: string,
    method: string,
    target: string,
    projectProfile: ProfileName | undefined,
  ): Caller | Denial {
    const sent = parseDigest(parameters);
    const denied = (problem: string, remedy: string, section: string): Denial => ({
      problem,
      remedy,
      source: `RFC 7616, section ${section}`,
    });
    if (typeof sent === 'string') return denied(sent, SEND_CREDENTIALS, '3.4');
    if (sent.algorithm.toUpperCase() !== 'MD5') {
      return denied('The digest is made with another algorithm.', 'Use MD5, as the challenge says.', '3.4');
    }
    if (sent.qop.toLowerCase() !== 'auth') {
      return denied(
        'The digest has another quality of protection.',
        'Use qop=auth, as the challenge says.',
        '3.4',
      );
    }
    if (!/^[0-9a-f]{8}$/i.test(sent.nc)) {
      return denied(
        "The digest's nc is not 8 hexadecimal digits.",
        'Count requests as nc=00000001 and so on.',
        '3.4',
      );
    }
    if (sent.realm !== REALM) {
      return denied(
        'The digest is made for another realm.',
        `Use realm="${REALM}", as the challenge says.`,
        '3.4',
      );
    }
    const key = this.gatekeeper.credentials.credential(sent.username);
    if (key?.caller.kind !== 'API key') {
      return denied(
        'No API key has the public key that the digest names.',
        'Use a public key that the fixture or the start-up message names.',
        '3.4',
      );
    }
    if (!isUriOf(pathOf(target), pathOf(sent.uri), projectProfile ?? key.caller.profile)) {
      return denied(
        'The digest is made for another uri.',
        'Sign the path and query of the request line.',
        '3.4.6',
      );
    }
    // Before the nonce: only a right response may learn that its nonce is stale, or use up a count.
    const expected = digestResponse(sent, { password: key.secret, method });
    if (!sameSecret(expected, sent.response.toLowerCase())) {
      return denied(
        'The digest does not match the private key of this public key.',
        'Sign with the private key that belongs to the public key.',
        '3.4.1',
      );
    }
    const taken = this.nonces.take(sent.nonce, parseInt(sent.nc, 16));
    if (taken === 'taken') return key.caller;
    const problem = {
      old: 'The nonce is too old.',
      unknown: 'The nonce was not issued by this run of the emulator.',
      replayed: 'This count of the nonce was used before.',
    }[taken];
    return { ...denied(problem, 'Answer the new challenge.', '3.4.5'), stale: true };
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

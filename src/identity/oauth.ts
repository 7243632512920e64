import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SOURCE, type Condition } from '../kernel/conditions.js';
import type { Database } from '../kernel/database.js';
import { sameSecret } from '../http/digest.js';
import { reasonLine } from '../http/exchange.js';
import type { Credential, CredentialStore } from './credential-store.js';

/** How long a token lives, in seconds (Atlas documentation). Clients renew it some minutes before. */
export const TOKEN_LIFE_S = 3600;

/**
 * The token endpoints: `POST /api/oauth/token` (client credentials, RFC 6749, section 4.4) and
 * `POST /api/oauth/revoke` (RFC 7009). Errors have RFC 6749's form; what Atlas sends here was not found.
 */
export function oauth(app: FastifyInstance, database: Database, store: CredentialStore): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => {
      done(null, new URLSearchParams(String(text)));
    },
  );
  // What is no form has no grant and no token: the endpoints say so in RFC 6749's form.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    done(null, text);
  });

  app.post('/token', async (request, reply) => {
    const form = formOf(request);
    const client = clientOf(request, form, store);
    if (typeof client === 'string') return invalidClient(request, reply, client);
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials') {
      return refuse(request, reply, 400, grant === null ? 'invalid_request' : 'unsupported_grant_type', {
        problem: grant === null ? 'The form has no grant_type.' : `The grant type ${grant} is not supported.`,
        remedy: 'Send the form grant_type=client_credentials.',
        source: 'RFC 6749, section 5.2',
      });
    }
    const token = `mdb_at_${randomBytes(32).toString('base64url')}`;
    await database.write(() => {
      store.addToken(token, client, TOKEN_LIFE_S * 1000);
    });
    request.exchange.rung = 'answer';
    return reply
      .header('cache-control', 'no-store')
      .header('content-type', 'application/json')
      .send(JSON.stringify({ access_token: token, expires_in: TOKEN_LIFE_S, token_type: 'Bearer' }));
  });

  app.post('/revoke', async (request, reply) => {
    const form = formOf(request);
    const client = clientOf(request, form, store);
    if (typeof client === 'string') return invalidClient(request, reply, client);
    const token = form.get('token');
    if (!token) {
      return refuse(request, reply, 400, 'invalid_request', {
        problem: 'The form has no token.',
        remedy: 'Send the form token=….',
        source: 'RFC 7009, section 2.1',
      });
    }
    const revoked = await database.write(() => store.revokeToken(token, client));
    if (!revoked && store.knowsToken(token)) {
      return refuse(request, reply, 400, 'unauthorized_client', {
        problem: 'The token was issued to another client.',
        remedy: 'Revoke it with the client that asked for it.',
        source: 'RFC 7009, section 2.1',
      });
    }
    // An unknown token is as good as revoked (RFC 7009, section 2.2).
    request.exchange.rung = 'answer';
    return reply.header('content-type', 'application/json').send('{}');
  });
}

function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}

/** The service account that asks, or a sentence that says why it is none. */
function clientOf(
  request: FastifyRequest,
  form: URLSearchParams,
  store: CredentialStore,
): Credential | string {
  request.exchange.rung = 'credentials';
  const [, basic] = /^basic\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '') ?? [];
  const pairs: (readonly [string, string])[] = [];
  if (basic !== undefined) {
    const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    // Go escapes both first, as RFC 6749 wants it; curl and others do not (run).
    pairs.push([id, secret], [unescape(id), unescape(secret)]);
  } else {
    const [id, secret] = [form.get('client_id'), form.get('client_secret')];
    if (id === null || secret === null) return 'The request has no client id and secret.';
    pairs.push([id, secret]);
  }
  for (const [id, secret] of pairs) {
    const credential = store.credential(id);
    if (credential?.caller.kind === 'service account' && sameSecret(credential.secret, secret)) {
      request.exchange.caller = credential.caller;
      return credential;
    }
  }
  return 'No service account has this client id and secret.';
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

function invalidClient(request: FastifyRequest, reply: FastifyReply, problem: string): FastifyReply {
  void reply.header('www-authenticate', 'Basic realm="MMS Public API"');
  return refuse(request, reply, 401, 'invalid_client', {
    problem,
    remedy: "Send a service account's client id and secret as HTTP Basic: curl --user ID:SECRET.",
    source: `RFC 6749, section 5.2 (${SOURCE.inferred})`,
  });
}

function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: string,
  details: Pick<Condition, 'problem' | 'remedy' | 'source'>,
): FastifyReply {
  const condition: Condition = { name: error, parameters: [], ...details };
  request.exchange.condition = condition;
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .header('x-emulator-reason', reasonLine(request.exchange.rung, condition))
    .send(JSON.stringify({ error, error_description: `${condition.problem} ${condition.remedy}` }));
}

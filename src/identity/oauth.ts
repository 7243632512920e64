import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../kernel/database.js';
import type { Decision } from '../kernel/events.js';
import { sameSecret } from '../http/credentials/digest.js';
import type { FaultGate } from '../http/faults/gate.js';
import type { Limits } from '../http/faults/limits.js';
import type { Operation } from '../http/operation.js';
import { profiles, SOURCE } from '../profiles/index.js';
import { reasonLine } from '../http/observation/exchange.js';
import { redactForm } from '../http/observation/redaction.js';
import type { Credential, CredentialStore } from './credential-store.js';
import { createToken, revokeToken } from './token-operations.js';

/** How long a token lives, in seconds (Atlas documentation). Clients renew it some minutes before. */
export const TOKEN_LIFE_S = 3600;

/** Dependencies of the token endpoints. */
export interface TokenServices {
  readonly database: Database;
  readonly store: CredentialStore;
  readonly limits: Limits;
  /** Undefined where no faults can be injected. */
  readonly faults: FaultGate | undefined;
}

/**
 * The token endpoints: `POST /api/oauth/token` (client credentials, RFC 6749, section 4.4) and
 * `POST /api/oauth/revoke` (RFC 7009). Errors have RFC 6749's form; what Atlas sends here was not found.
 */
export function oauth(app: FastifyInstance, services: TokenServices): void {
  const { database, store, limits } = services;
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, text, done) => {
      const form = new URLSearchParams(String(text));
      request.exchange.sentBody = redactForm(form);
      done(null, form);
    },
  );
  // What is no form has no grant and no token: the endpoints say so in RFC 6749's form.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    done(null, text);
  });

  app.post(createToken.path, async (request, reply) => {
    const form = formOf(request);
    const client = await admit(createToken, request, reply, form, services);
    if (!client) return reply;
    const owner = client.projectId ?? client.caller.organizationId;
    limits.countToken(request, reply, owner, () => store.liveTokens(client));
    request.exchange.rung = 'fields';
    const grant = form.get('grant_type');
    if (grant !== 'client_credentials') {
      return refuse(request, reply, 400, grant === null ? 'invalid_request' : 'unsupported_grant_type', {
        problem: grant === null ? 'The form has no grant_type.' : 'The grant type is not supported.',
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

  app.post(revokeToken.path, async (request, reply) => {
    const form = formOf(request);
    const client = await admit(revokeToken, request, reply, form, services);
    if (!client) return reply;
    request.exchange.rung = 'fields';
    const token = form.get('token');
    if (!token) {
      return refuse(request, reply, 400, 'invalid_request', {
        problem: 'The form has no token.',
        remedy: 'Send the form token=….',
        source: 'RFC 7009, section 2.1',
      });
    }
    const holder = await database.write(() => store.revokeToken(token, client));
    if (holder !== undefined && holder !== client.caller.id) {
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

/** Lets a request up to the faults. Returns the service account that asks, or undefined once the request has ended. */
async function admit(
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
  { store, faults }: TokenServices,
): Promise<Credential | undefined> {
  const { exchange } = request;
  exchange.operationId = operation.id;
  let met = faults?.meet(request, reply, 'credentials');
  if (met && (await met)) return undefined;
  const client = clientOf(request, form, store);
  if (typeof client === 'string') {
    invalidClient(request, reply, client);
    return undefined;
  }
  exchange.profile = profiles[client.caller.profile];
  exchange.rung = 'faults';
  met = faults?.meet(request, reply, 'faults');
  if (met && (await met)) return undefined;
  // The rules may have let time pass.
  return met ? (store.credential(client.caller.id) ?? client) : client;
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
  details: Omit<Decision, 'name'>,
): FastifyReply {
  const condition = { name: error, ...details };
  request.exchange.condition = condition;
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .header('cache-control', 'no-store')
    .header('x-emulator-reason', reasonLine(request.exchange.rung, condition))
    .send(JSON.stringify({ error, error_description: `${condition.problem} ${condition.remedy}` }));
}

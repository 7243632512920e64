import { randomBytes } from 'node:crypto';
import { unescape } from 'node:querystring';
import { Type } from '@sinclair/typebox';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sameSecret } from '../http/credentials/digest.js';
import * as errors from '../http/credentials/token-errors.js';
import type { FaultGate } from '../http/faults/gate.js';
import { rateLimited, tooManyTokens, type Limits } from '../http/faults/limits.js';
import { redactForm, REMOVED } from '../http/observation/redaction.js';
import type { Operation } from '../http/operation.js';
import { bodyText } from '../http/replies/replies.js';
import { JSON_UTF8, respond } from '../http/replies/respond.js';
import { component, integer, text } from '../http/schema.js';
import { sendFailure } from '../http/replies/failures.js';
import { BODY_LIMIT, bodyTooLarge } from '../http/steps/body.js';
import { flagsQuery } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { StorageError } from '../kernel/storage-error.js';
import { profiles, Refusal } from '../profiles/index.js';
import type { CredentialStore } from './credential-store.js';
import type { Credential } from './secrets.js';

/** How long a token is valid, in seconds (Atlas documentation). Clients renew it some minutes before. */
export const TOKEN_LIFE_S = 3600;

/** The media type of the token endpoints' requests. */
const FORM = 'application/x-www-form-urlencoded';

/** How many fields of a form are read. */
const MAX_FIELDS = 100;

const credentials = {
  client_id: Type.Optional(text('Client id, if HTTP Basic is not used.')),
  client_secret: Type.Optional(text('Its secret, likewise.')),
};
const shared = {
  method: 'POST',
  tag: { name: 'Tokens', description: 'Bearer tokens of service accounts (RFC 6749 and RFC 7009).' },
  security: [{ serviceAccount: [] }, {}],
  query: flagsQuery,
} as const;
const conditions = [
  ...[errors.requestTooLarge, errors.invalidRequest, errors.invalidClient, errors.accessDenied],
  ...[errors.serverError, errors.temporarilyUnavailable, rateLimited],
];

const createToken: Operation = {
  ...shared,
  id: 'createToken',
  path: '/api/oauth/token',
  summary: 'Issues a token to a service account.',
  conditions: [...conditions, errors.unsupportedGrantType, tooManyTokens],
  body: {
    mediaType: FORM,
    schema: component('TokenRequest', 'Requests a token.', {
      grant_type: Type.Literal('client_credentials', { description: 'The only grant.' }),
      ...credentials,
    }),
  },
  response: component('Token', 'A bearer token.', {
    access_token: text('The token.'),
    expires_in: integer('How long it is valid, in seconds.'),
    token_type: Type.Literal('Bearer', { description: 'How it is sent.' }),
  }),
};

const revokeToken: Operation = {
  ...shared,
  id: 'revokeToken',
  path: '/api/oauth/revoke',
  summary: 'Revokes a token.',
  conditions: [...conditions, errors.invalidGrant],
  body: {
    mediaType: FORM,
    schema: component('TokenRevocation', 'Revokes a token.', {
      token: text('The token to revoke.', { minLength: 1 }),
      ...credentials,
    }),
  },
};

/** The token endpoints, which are served apart from the pipeline and whose paths are those of the server. */
export const tokenOperations: readonly Operation[] = [createToken, revokeToken];

/** Dependencies of the token endpoints. */
export interface TokenServices {
  readonly database: Database;
  readonly store: CredentialStore;
  readonly limits: Limits;
  /** Undefined if no faults can be injected. */
  readonly faults: FaultGate | undefined;
}

/** Returns the body of a success; undefined if it has none. */
type ResponseTo = (
  client: Credential,
  form: URLSearchParams,
  request: FastifyRequest,
) => Promise<object | undefined>;

/**
 * The token endpoints: `POST /api/oauth/token` (client credentials, RFC 6749, section 4.4) and
 * `POST /api/oauth/revoke` (RFC 7009), with the errors of Atlas's documentation.
 */
export async function oauth(
  app: FastifyInstance,
  { database, store, limits, faults }: TokenServices,
): Promise<void> {
  app.addContentTypeParser(FORM, { parseAs: 'string' }, (request, text, done) => {
    const fields = String(text).split('&', MAX_FIELDS + 1);
    const form = new URLSearchParams(fields.slice(0, MAX_FIELDS).join('&'));
    request.exchange.sentForm = redactForm(form) + (fields.length > MAX_FIELDS ? `&${REMOVED}` : '');
    done(null, form);
  });
  // What is not a form has neither a grant nor a token.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = tokenRefusal(error as FastifyError | Refusal);
    if (refusal.condition.name === errors.serverError.name) request.exchange.parts.log.error(error);
    sendFailure(refusal, request, reply);
  };
  app.setErrorHandler(fail);
  // RFC 6749, section 5.1.
  app.addHook('onRequest', ({ exchange }, _reply, done) => {
    exchange.addHeaders({ 'cache-control': 'no-store', pragma: 'no-cache' });
    done();
  });

  /** Serves an endpoint. */
  const serve = ({ id, path }: Operation, responseTo: ResponseTo): void => {
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      const { exchange } = request;
      exchange.operationId = id;
      let met = faults?.meet(request, reply, 'credentials');
      if (met && (await met)) return;
      exchange.step = 'credentials';
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const found = clientOf(request.headers.authorization, form, store);
      exchange.caller = found.caller;
      exchange.profile = profiles[found.caller.profile];
      exchange.step = 'faults';
      met = faults?.meet(request, reply, 'faults');
      if (met && (await met)) return;
      // The rules may have let time pass.
      const client = met ? (store.credential(found.caller.id) ?? found) : found;
      const body = await responseTo(client, form, request);
      exchange.step = 'answer';
      const text = bodyText(body, 200, exchange.flags);
      respond(request, reply, 200, text === undefined ? [] : ['content-type', JSON_UTF8], text);
    };
    app.post(path, (request, reply) => {
      answer(request, reply).catch((error: unknown) => fail(error, request, reply));
    });
  };

  serve(createToken, async (client, form, request) => {
    const owner = client.projectId ?? client.caller.organizationId;
    limits.countToken(request, owner, () => store.liveTokens(client));
    request.exchange.step = 'fields';
    if (form.get('grant_type') !== 'client_credentials') throw errors.unsupportedGrantType();
    const token = `mdb_at_${randomBytes(32).toString('base64url')}`;
    await database.write(() => store.addToken(token, client, TOKEN_LIFE_S * 1000), ['tokens']);
    return { access_token: token, expires_in: TOKEN_LIFE_S, token_type: 'Bearer' };
  });

  serve(revokeToken, async (client, form, request) => {
    request.exchange.step = 'fields';
    const token = form.get('token');
    if (!token) {
      const reason = { problem: 'The form has no token.', remedy: 'Send the form token=….' };
      throw errors.invalidRequest().because(reason);
    }
    const holder = await database.write(() => store.revokeToken(token, client), ['tokens']);
    // An unknown token counts as revoked (RFC 7009, section 2.2).
    if (holder !== undefined && holder !== client.caller.id) throw errors.invalidGrant();
    return undefined;
  });
}

/** An error in the form of RFC 6749; a limit has Atlas's own form. */
function tokenRefusal(error: FastifyError | Refusal): Refusal {
  const isTooLarge =
    error instanceof Refusal
      ? error.condition.name === bodyTooLarge.name
      : error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
  if (isTooLarge) return errors.requestTooLarge(BODY_LIMIT);
  if (error instanceof Refusal) return error;
  if (error instanceof StorageError) return errors.temporarilyUnavailable(error.message);
  if ((error.statusCode ?? 500) >= 500) return errors.serverError();
  const remedy = `Send a form, with Content-Type: ${FORM}.`;
  return errors.invalidRequest().because({ problem: 'The request cannot be read.', remedy });
}

/**
 * The service account that sends a request, with HTTP Basic or in the form.
 *
 * @throws {Refusal} `invalid_request`, `invalid_client`
 */
function clientOf(header: string | undefined, form: URLSearchParams, store: CredentialStore): Credential {
  const [, basic] = /^basic\s+(\S+)\s*$/i.exec(header ?? '') ?? [];
  const [id, secret] =
    basic === undefined
      ? [form.get('client_id'), form.get('client_secret')]
      : (/^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString())?.slice(1) ?? []);
  if (id == null || secret == null) throw errors.invalidRequest();
  // Go escapes both first, as RFC 6749 requires; curl and others do not (run).
  const unescaped = (text: string): string => unescape(text.replace(/\+/g, ' '));
  for (const read of basic === undefined ? [String] : [String, unescaped]) {
    const credential = store.credential(read(id));
    const isAccount = credential?.caller.kind === 'service account';
    if (isAccount && sameSecret(credential.secret, read(secret))) return credential;
  }
  throw errors.invalidClient();
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { TObject } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EventBus } from '../kernel/events.js';
import { Refusal, refuse, SOURCE, type Condition } from '../kernel/conditions.js';
import { OBJECT_ID } from '../kernel/ids.js';
import type { ProfileName, Profiles } from '../profiles/index.js';
import { BODY_LIMIT, bodyCheck, parseObject } from './body.js';
import { Credentials } from './credentials.js';
import { challenge, type Nonces } from './digest.js';
import { openExchange, reasonLine } from './exchange.js';
import type { Caller, Gatekeeper, Project } from './gatekeeper.js';
import { acceptedVersion, BODY_TYPE } from './media-types.js';
import type { AnyOperation } from './operation.js';
import { PathTable } from './paths.js';
import { readQuery, type Flags } from './query.js';
import { sendAnswer, sendRefusal } from './replies.js';
import type { ScriptedAnswers } from './scripted.js';

/** Where the Atlas API begins. */
export const API_PREFIX = '/api/atlas/v2';

/** What the ladder stands on. */
export interface LadderParts {
  readonly profiles: Profiles;
  /** The profile of a request that names neither a project nor a caller. */
  readonly defaultProfile: ProfileName;
  readonly gatekeeper: Gatekeeper;
  readonly nonces: Nonces;
  /** Undefined where the emulator's own additions are turned off. */
  readonly scripted: ScriptedAnswers | undefined;
  readonly events: EventBus;
  /** The address that links begin with, where the `Host` of the request is not it. */
  readonly publicUrl: string | undefined;
  /** A promise of the commit under way, if any: no answer leaves before it. */
  readonly settled: () => Promise<void> | undefined;
}

/**
 * Installs what all requests share: the exchange, the errors, the unknown paths, and the ladder for each
 * operation. The order of the steps is the order of the code.
 */
export function installLadder(
  app: FastifyInstance,
  parts: LadderParts,
  operations: readonly AnyOperation[],
): void {
  const { profiles, gatekeeper, nonces } = parts;
  const credentials = new Credentials(gatekeeper, nonces);
  const paths = new PathTable();
  const freshNonce = (): string => nonces.issue();

  app.decorateRequest('exchange');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(BODY_TYPE, { parseAs: 'string' }, (_request, text, done) => {
    done(null, text);
  });

  app.addHook('onRequest', (request, _reply, done) => {
    request.exchange = openExchange(request, profiles[parts.defaultProfile], parts.publicUrl);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    tell(parts.events, request, reply);
    done();
  });

  app.setErrorHandler(async (error, request, reply) => {
    const condition = conditionOf(error, request);
    if (condition.name === 'unexpected') request.log.error(error);
    await parts.settled();
    return sendRefusal(request.exchange, reply, condition, freshNonce);
  });
  app.setNotFoundHandler((request, reply) =>
    sendRefusal(request.exchange, reply, unknownPath(request, reply, paths), freshNonce),
  );

  for (const operation of operations) {
    paths.add(operation.method, API_PREFIX + operation.path, operation.id);
    const check = operation.body && bodyCheck(operation.body.schema as TObject);

    app.withTypeProvider<TypeBoxTypeProvider>().route({
      method: operation.method,
      url: API_PREFIX + operation.path,
      ...(operation.body && { schema: { body: operation.body.schema as TObject } }),
      // Strict, and in the API's own form; Fastify's default would turn 7 into "7".
      validatorCompiler: () => (body) => {
        try {
          check?.(body as Record<string, unknown>);
          return { value: body as unknown };
        } catch (error) {
          return { error: error as Error };
        }
      },

      async onRequest(request, reply) {
        const { exchange } = request;
        exchange.operation = operation;
        const { groupId } = request.params as { groupId?: string };
        const named = groupId === undefined ? undefined : gatekeeper.project(groupId);
        if (named) exchange.profile = profiles[named.profile];

        exchange.rung = 'scripted answer';
        if (sendScripted(request, reply, parts)) return reply;

        exchange.rung = 'credentials';
        const caller = credentials.check(request.raw, () => (exchange.staleNonce = true));
        exchange.caller = caller;
        if (!named) exchange.profile = profiles[caller.profile];

        exchange.rung = 'media type';
        exchange.version = acceptedVersion(request.headers.accept, operation.versions);

        exchange.rung = 'query';
        exchange.query = readQuery(operation.query as TObject, request.query as Record<string, unknown>);
        exchange.flags = exchange.query as Flags;

        exchange.rung = 'project';
        if (groupId !== undefined) {
          exchange.project = named ?? unknownProject(groupId);
          if (operation.access !== undefined) {
            permit(gatekeeper, caller, operation.id, operation.access, exchange.project);
          }
        }

        exchange.rung = 'body';
        if (operation.body) checkEncoding(request);
        return undefined;
      },

      async preValidation(request) {
        if (!operation.body) return;
        const body = parseObject(typeof request.body === 'string' ? request.body : '');
        request.exchange.rung = 'fields';
        request.body = operation.body.prepare?.(body) ?? body;
      },

      async handler(request, reply) {
        const { exchange } = request;
        operation.body?.rules?.(request.body, established(exchange.project));

        exchange.rung = 'state';
        const answer = await operation.handle({
          caller: established(exchange.caller),
          get project() {
            return established(exchange.project);
          },
          parameters: request.params as Record<string, string>,
          query: exchange.query,
          body: request.body,
          baseUrl: exchange.baseUrl,
        });
        await parts.settled();
        return sendAnswer(request, reply, answer);
      },
    });
  }
}

/** What an earlier step has set: a handler that asks for a project has one in its path. */
function established<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a handler asks for what no step of the ladder has established');
  return value;
}

/**
 * Answers what fails before any route is looked for, such as a path with a broken escape. For
 * `Fastify({ frameworkErrors })`.
 */
export function frameworkErrors(parts: LadderParts) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    request.exchange = openExchange(request, parts.profiles[parts.defaultProfile], parts.publicUrl);
    void sendRefusal(request.exchange, reply, conditionOf(error, request), () => parts.nonces.issue());
  };
}

/** Sends the page's own body if the request asks for it. Returns whether it did. */
function sendScripted(
  request: FastifyRequest,
  reply: FastifyReply,
  { scripted, nonces }: LadderParts,
): boolean {
  const { prefer } = request.headers;
  const answer = scripted?.find(Array.isArray(prefer) ? prefer.join(',') : prefer);
  if (!answer) return false;
  // Clients take a 401 without a challenge for a broken connection (run, Go).
  if (answer.status === '401') void reply.header('www-authenticate', challenge(nonces.issue(), false));
  void reply
    .code(Number(answer.status))
    .header('content-type', 'application/json')
    .header('preference-applied', `code=${answer.status}`)
    .send(answer.body);
  return true;
}

function unknownProject(groupId: string): never {
  const remedy = 'Use the id of a project that GET /api/atlas/v2/groups lists.';
  if (!OBJECT_ID.test(groupId)) {
    return refuse('invalidProjectId', {
      parameters: [groupId],
      problem: `The project id ${groupId} is not 24 lower-case hexadecimal digits.`,
      remedy,
      source: SOURCE.page,
    });
  }
  return refuse('projectNotFound', {
    parameters: [groupId],
    problem: `There is no project ${groupId}.`,
    remedy,
    source: SOURCE.recorded,
  });
}

function permit(
  gatekeeper: Gatekeeper,
  caller: Caller,
  operationId: string,
  access: string,
  project: Project,
): void {
  if (gatekeeper.permits(caller, access, project)) return;
  const elsewhere =
    caller.organizationId === project.organizationId ? '' : ', which belongs to another organization';
  refuse('notPermitted', {
    problem: `The ${caller.kind} ${caller.id} has no role that permits ${operationId} in project ${project.id}${elsewhere}.`,
    remedy: `Call it with one of these roles: ${gatekeeper.rolesFor(access).join(', ')}.`,
    source: SOURCE.page,
  });
}

function checkEncoding(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  refuse('unsupportedMediaType', {
    parameters: [encoding],
    problem: 'The body is compressed.',
    remedy: 'Send it without Content-Encoding.',
    source: SOURCE.emulator,
  });
}

function unknownPath(request: FastifyRequest, reply: FastifyReply, paths: PathTable): Condition {
  const path = request.url.split('?', 1)[0] ?? '';
  const methods = [...paths.methodsOf(path).keys()];
  if (methods.length > 0) {
    void reply.header('allow', methods.join(', '));
    return {
      name: 'methodNotAllowed',
      parameters: [request.method],
      problem: `${path} has no ${request.method}.`,
      remedy: `Use one of: ${methods.join(', ')}.`,
      source: SOURCE.inferred,
    };
  }
  return {
    name: 'pathNotFound',
    parameters: [path],
    problem: `There is nothing at ${path}.`,
    remedy: `The Atlas API begins with ${API_PREFIX}, the emulator's own with /_emulator; the README lists the operations.`,
    source: SOURCE.inferred,
  };
}

/** The condition of an error that a step threw, Fastify's own included. */
function conditionOf(error: unknown, request: FastifyRequest): Condition {
  if (error instanceof Refusal) return error.condition;
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        name: 'bodyTooLarge',
        parameters: [BODY_LIMIT],
        problem: `The body is larger than ${BODY_LIMIT} bytes.`,
        remedy: 'Send a smaller one.',
        source: SOURCE.inferred,
      };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': {
      const sent = request.headers['content-type'];
      return {
        name: 'unsupportedMediaType',
        parameters: [sent ?? 'none'],
        problem:
          sent === undefined ? 'The body has no Content-Type.' : `The Content-Type ${sent} is not supported.`,
        remedy: 'Send Content-Type: application/json.',
        source: SOURCE.inferred,
      };
    }
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const sentence = (message ?? 'the request is malformed').replace(/\.$/, '');
    return {
      name: 'malformedRequest',
      parameters: [sentence],
      problem: `The request cannot be read: ${sentence}.`,
      remedy: 'Send well-formed HTTP.',
      source: SOURCE.inferred,
    };
  }
  return {
    name: 'unexpected',
    parameters: [],
    problem: 'The emulator met an error of its own.',
    remedy: 'Please report it, with the log.',
    source: SOURCE.emulator,
  };
}

function tell(events: EventBus, request: FastifyRequest, reply: FastifyReply): void {
  const { exchange } = request;
  events.emit('request.finished', exchange.project?.id, {
    method: request.method,
    path: request.url,
    operation: exchange.operation?.id,
    caller: exchange.caller?.id,
    status: reply.statusCode,
    rung: exchange.rung,
    reason: exchange.condition && reasonLine(exchange.rung, exchange.condition),
  });
}

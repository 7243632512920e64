import { randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Static } from '@sinclair/typebox';
import { FAULT_ACTIONS, type FaultRule, type KeptFault } from '../../http/fault-rule.js';
import type { AnyOperation } from '../../http/operation.js';
import { fault, faults, newFault } from './fault-schema.js';
import type { FaultStore } from './fault-store.js';
import { ControlError, controlOperation, type AnyControlOperation } from '../operation.js';

/** The operations of the token endpoints, which name no project. */
const TOKEN_OPERATIONS = ['createToken', 'revokeToken'];

/** Headers that the server writes itself. */
const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'trailer'];

/**
 * The operations on fault rules. A project sees and touches its own alone; those of the whole server act on every
 * request, behind the project's.
 *
 * @param operations those that a rule can name
 */
export function faultOperations(
  store: FaultStore,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'listFaults',
      method: 'GET',
      path: '/faults',
      scope: 'both',
      summary: 'List the fault rules.',
      response: faults,
      handle: ({ project }) => ({ results: store.list(project?.id).map(shown) }),
    }),
    controlOperation({
      id: 'createFault',
      method: 'POST',
      path: '/faults',
      scope: 'both',
      summary: 'Inject a fault into the requests that a rule matches.',
      body: newFault,
      response: fault,
      status: 201,
      errors: [409],
      async handle({ project, body }) {
        const rule = { id: `fault-${randomBytes(5).toString('hex')}`, ...body } as FaultRule;
        checkRule(rule, project?.id, operations);
        if (store.find(project?.id, rule.id)) {
          throw new ControlError(
            409,
            `There is a fault rule ${rule.id} already: delete it, or use another id.`,
          );
        }
        return shown(await store.add(project?.id, rule));
      },
    }),
    controlOperation({
      id: 'getFault',
      method: 'GET',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Get a fault rule, and how often it has fired.',
      response: fault,
      handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        const kept = store.find(project?.id, id);
        return kept ? shown(kept) : refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFault',
      method: 'DELETE',
      path: '/faults/:faultId',
      scope: 'both',
      summary: 'Delete a fault rule.',
      status: 204,
      async handle({ project, parameters }) {
        const id = parameters.faultId ?? '';
        if ((await store.remove(project?.id, (rule) => rule.id === id)) === 0) refuseUnknown(id);
      },
    }),
    controlOperation({
      id: 'deleteFaults',
      method: 'DELETE',
      path: '/faults',
      scope: 'both',
      summary: 'Delete all fault rules of the scope.',
      status: 204,
      async handle({ project }) {
        await store.remove(project?.id, () => true);
      },
    }),
  ];
}

function shown({ rule, matched, fired }: KeptFault): Static<typeof fault> {
  return { ...(rule as Static<typeof newFault> & { id: string }), matched, fired };
}

function refuseUnknown(id: string): never {
  throw new ControlError(404, `There is no fault rule ${id} here.`);
}

/** Checks what the schema cannot say. @throws {ControlError} 400 */
function checkRule(
  rule: FaultRule,
  project: string | undefined,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): void {
  const actions = FAULT_ACTIONS.filter((name) => rule[name] !== undefined);
  if (actions.length !== 1) {
    const has = actions.length === 0 ? 'none' : actions.join(' and ');
    throw expected(`The rule has ${has} of ${FAULT_ACTIONS.join(', ')}: send exactly one.`);
  }
  const { before, match: { operation, caller } = {} } = rule;
  if (before && caller !== undefined) {
    throw expected('Before the credentials no caller is known: leave out before, or match.caller.');
  }
  if (operation !== undefined) checkOperation(operation, project, operations);
  if (rule.answer) checkAnswer(rule.answer);
}

function checkOperation(
  name: string,
  project: string | undefined,
  operations: readonly Pick<AnyOperation, 'id' | 'path'>[],
): void {
  const ofProject = operations.filter(({ path }) => path.startsWith('/groups/:groupId')).map(({ id }) => id);
  const all = [...operations.map(({ id }) => id), ...TOKEN_OPERATIONS];
  const known = project === undefined ? all : ofProject;
  if (known.includes(name)) return;
  if (all.includes(name)) {
    throw expected(
      `${name} names no project, so no rule of a project meets it: send the rule to /_emulator/faults.`,
    );
  }
  throw expected(`There is no operation ${name}. There are: ${known.join(', ')}.`);
}

function checkAnswer({ status, body, headers = {} }: NonNullable<FaultRule['answer']>): void {
  if (body !== undefined && (status === 204 || status === 304)) {
    throw expected(`An answer of ${status} has no body: leave out answer.body.`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (FRAMING.includes(name.toLowerCase())) {
      throw expected(`The server writes ${name} itself: leave it out of answer.headers.`);
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw expected(`answer.headers.${name} is no header that HTTP can carry.`);
    }
  }
}

function expected(sentence: string): ControlError {
  return new ControlError(400, sentence);
}

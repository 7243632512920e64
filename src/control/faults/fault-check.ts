import { validateHeaderName, validateHeaderValue } from 'node:http';
import { ControlError } from '../../http/control-error.js';
import { errorsOf } from '../../http/conditions.js';
import { FAULT_ACTIONS, type FaultAnswer, type FaultRule } from '../../http/faults/rule.js';
import type { AtlasOperation } from '../../http/operation.js';
import { tokenOperations } from '../../identity/index.js';

/** How deep the arrays and objects of an answer may be nested: JSON thousands of levels deep cannot be serialized. */
const DEEPEST = 100;

const NEST_LESS = `put at most ${DEEPEST} arrays and objects in one another.`;

/** Headers that the server writes itself. */
const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'trailer'];

/**
 * Checks a rule that a client or a fixture has sent, which fits its schema.
 *
 * @param project the project whose rule it is to be; undefined for the whole server
 * @throws {ControlError} 400 for what the schema cannot express
 */
export function checkFault(
  rule: FaultRule,
  project: string | undefined,
  operations: readonly AtlasOperation[],
): void {
  const actions = FAULT_ACTIONS.filter((name) => rule[name] !== undefined);
  if (actions.length !== 1) {
    const has = actions.join(' and ') || 'none';
    throw new ControlError(400, `The rule has ${has} of ${FAULT_ACTIONS.join(', ')}: send exactly one.`);
  }
  const { before, match: { operation, caller } = {} } = rule;
  if (before && caller !== undefined) {
    const problem = 'Before the credentials no caller is known: leave out before, or match.caller.';
    throw new ControlError(400, problem);
  }
  if (operation !== undefined) {
    const elsewhere = 'no rule of a project meets it: send the rule to /_emulator/faults';
    checkOperation(operation, project, operations, elsewhere);
  }
  const problem = problemOfError(rule, operations) ?? (rule.answer && problemOf(rule.answer));
  if (problem !== undefined) throw new ControlError(400, problem);
}

/**
 * Checks the name of an operation: a misspelt name would silently match nothing.
 *
 * @param project the project whose requests are meant; undefined for those of the whole server
 * @param elsewhere what to use for an operation without a project
 * @throws {ControlError} 400 if no request of the scope has this operation
 */
export function checkOperation(
  name: string,
  project: string | undefined,
  operations: readonly AtlasOperation[],
  elsewhere: string,
): void {
  const all = [...operations, ...tokenOperations];
  const inScope = all.filter(({ path }) => project === undefined || path.startsWith('/groups/:groupId'));
  const known = inScope.map(({ id }) => id);
  if (known.includes(name)) return;
  const problem = all.some(({ id }) => id === name)
    ? `${name} names no project, so ${elsewhere}.`
    : `There is no operation ${name}. There are: ${known.join(', ')}.`;
  throw new ControlError(400, problem);
}

function problemOfError(rule: FaultRule, operations: readonly AtlasOperation[]): string | undefined {
  const { error, parameters, match } = rule;
  if (isDeeperThan(DEEPEST, match?.body)) return `match.body is too deep: ${NEST_LESS}`;
  if (error === undefined) return parameters && 'There are parameters without error: leave them out.';
  const errors = errorsOf(operations);
  const { example, rows } = errors.get(error) ?? {};
  if (!example || !rows) {
    const codes = [...errors.keys()].sort().join(', ');
    return `There is no error ${error}. Send its body with answer, or one of ${codes}.`;
  }
  const { length } = example.parameters;
  return parameters && parameters.length !== length
    ? `The text of ${error} takes ${length} of parameters: "${rows.observed.detail}".`
    : undefined;
}

function problemOf({ status, body, headers = {} }: FaultAnswer): string | undefined {
  if (body !== undefined && (status === 204 || status === 304)) {
    return `An answer of ${status} has no body: leave out answer.body.`;
  }
  if (isDeeperThan(DEEPEST, body)) return `answer.body is too deep: ${NEST_LESS}`;
  for (const [name, value] of Object.entries(headers)) {
    if (FRAMING.includes(name.toLowerCase())) {
      return `The server writes ${name} itself: leave it out of answer.headers.`;
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return `answer.headers.${name} is no header that HTTP can carry.`;
    }
  }
  return undefined;
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeperThan(levels - 1, one));
}

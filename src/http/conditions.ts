import { SOURCE, type ConditionType } from '../profiles/index.js';
import { unauthenticated } from './credentials/credentials.js';
import { tokenConditions } from './credentials/token-errors.js';
import { addressNotAllowed } from './faults/injected.js';
import { rateLimited, tooManyTokens } from './faults/limits.js';
import type { AtlasOperation } from './operation.js';
import { malformedRequest, storageUnavailable, unexpected } from './replies/failures.js';
import { bodyTooLarge, malformedJson, notAnObject, unsupportedMediaType } from './steps/body.js';
import { invalidAttribute, missingAttribute, wrongType } from './steps/fields.js';
import { invalidQueryParameter, missingQueryParameter } from './steps/query.js';
import { methodNotAllowed, misspelledPath, notEmulated, pathNotFound } from './steps/route.js';
import * as scope from './steps/scope.js';
import { noScriptedAnswer } from './steps/scripted.js';
import { doubtfulRequest } from './steps/strict.js';
import { notAcceptable } from './steps/version.js';

const body = [unsupportedMediaType, bodyTooLarge, malformedJson, notAnObject];
const project = [scope.invalidProjectId, scope.projectNotFound];
const fields = [missingAttribute, wrongType, invalidAttribute];

/** The conditions of the pipeline's own steps, in the order in which a request meets them. */
export const stepConditions: Readonly<Record<string, readonly ConditionType[]>> = {
  Path: [pathNotFound, methodNotAllowed, notEmulated, misspelledPath, malformedRequest],
  'Scripted answers': [noScriptedAnswer],
  Credentials: [unauthenticated],
  'Faults and limits': [addressNotAllowed, rateLimited, tooManyTokens],
  'Version and query': [notAcceptable, invalidQueryParameter, missingQueryParameter],
  'Project, organization, role, parameters': [
    ...project,
    ...scope.organizationConditions,
    scope.notPermitted,
    scope.malformedParameter,
  ],
  Body: body,
  Fields: [...fields, doubtfulRequest],
  'Token endpoints': tokenConditions,
  'The emulator itself': [storageUnavailable, unexpected],
};

/** The conditions that a request for an operation may meet: those of the steps, then the operation's own. */
export function conditionsOf(operation: AtlasOperation): readonly ConditionType[] {
  const { path, access, parameters = {}, conditions = [] } = operation;
  const { required = [], properties } = operation.query;
  return [
    ...[malformedRequest, noScriptedAnswer, unauthenticated, addressNotAllowed, rateLimited],
    ...[notAcceptable, invalidQueryParameter, doubtfulRequest, unexpected, storageUnavailable],
    ...(required.some((name) => properties[name]?.default === undefined) ? [missingQueryParameter] : []),
    ...(path.includes('/:groupId') ? project : []),
    ...(path.includes('/:orgId') ? scope.organizationConditions : []),
    ...(access === undefined ? [] : [scope.notPermitted]),
    ...(Object.entries(parameters).some(([name, { pattern }]) => pattern && path.includes(`/:${name}`))
      ? [scope.malformedParameter]
      : []),
    ...(operation.body ? [...body, ...fields] : []),
    ...conditions,
  ];
}

/** The errors of Atlas that operations can have, by code. */
export function errorsOf(operations: readonly AtlasOperation[]): ReadonlyMap<string, ConditionType> {
  const all = operations.flatMap(conditionsOf);
  const ofAtlas = all.filter(({ rows }) => rows.observed.source !== SOURCE.emulator);
  return new Map(ofAtlas.map((condition) => [condition.rows.observed.errorCode, condition]));
}

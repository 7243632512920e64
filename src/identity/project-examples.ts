import { ladderExamples } from '../http/replies/condition-examples.js';
import type { ConditionExample } from '../http/operation.js';

/** Conditions of projects as they may look, for the description of the API. */
export const projectExists: ConditionExample = {
  parameters: ['orders'],
  problem: 'The organization has a project named orders already.',
  remedy: 'Send another name.',
};

export const projectInUse: ConditionExample = {
  parameters: [],
  problem: 'The project still has 2 private links.',
  remedy: 'Delete them first.',
};

export const projectNameNotFound: ConditionExample = {
  parameters: ['orders'],
  problem: 'There is no project named orders that the caller can see.',
  remedy: 'Use a name that GET /api/atlas/v2/groups lists.',
};

/** What a body may name that is not there. */
const { invalidOrganizationId, organizationNotFound } = ladderExamples;
export const createExamples = { projectExists, invalidOrganizationId, organizationNotFound };

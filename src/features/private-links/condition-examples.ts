import type { ConditionExample } from '../../http/operation.js';

const LINK = '5f0000000000000000000002';
const NO_CHANGE = `the dnsDomain of private link ${LINK} cannot be changed while it is DONE`;

/** Conditions of private links as they may look, for the description of the API. */
export const linkNotFound: ConditionExample = {
  parameters: [LINK],
  problem: `There is no private link ${LINK} in the project.`,
  remedy: 'Use the _id of one that the list has.',
};

export const duplicateLink: ConditionExample = {
  parameters: [LINK],
  problem: `Private link ${LINK} of the project has the same target.`,
  remedy: 'Use it, or delete it first.',
};

export const updateNotAllowed: ConditionExample = {
  parameters: [NO_CHANGE],
  problem: `${NO_CHANGE.replace('the', 'The')}.`,
  remedy: 'Change it while it has none, or is IDLE.',
};

export const unknownProvider: ConditionExample = {
  parameters: ['AWSS'],
  problem: 'No provider AWSS exists.',
  remedy: 'Send AWS, AZURE or GCP.',
};

export const unknownVendor: ConditionExample = {
  parameters: ['EVENTHUB'],
  problem: 'The provider AWS has no vendor EVENTHUB.',
  remedy: 'Send a vendor that the provider has, or leave vendor out for GENERIC.',
};

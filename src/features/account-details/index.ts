import type { Feature } from '../../world/index.js';
import { accountDetailsOperations } from './routes.js';

/** The cloud account behind a project's stream processing: `/groups/{groupId}/streams/accountDetails`. */
export const accountDetails: Feature = {
  name: 'account-details',
  migrations: [],
  start: () => ({ operations: accountDetailsOperations }),
};

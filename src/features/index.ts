import type { Feature } from './feature.js';
import { accountDetails } from './account-details/index.js';
import { privateLinks } from './private-links/index.js';
import { projectDefaults } from './project-defaults/index.js';

export * from './feature.js';

/** The resources that the emulator has, one line each. */
export const features: readonly Feature[] = [privateLinks, accountDetails, projectDefaults];

import type { Feature } from './feature.js';
import { privateLinks } from './private-links/index.js';

export * from './feature.js';

/** The resources that the emulator has, one line each. */
export const features: readonly Feature[] = [privateLinks];

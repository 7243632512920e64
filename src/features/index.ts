import type { Feature } from '../world/index.js';
import { accountDetails } from './account-details/index.js';
import { privateLinks } from './private-links/index.js';
import { projectDefaults } from './project-defaults/index.js';

export type { Feature, RunningFeature } from '../world/index.js';

/** The resources that the emulator has. */
export const features = [privateLinks, accountDetails, projectDefaults] as const satisfies readonly Feature[];

type NamesOf<F> = F extends { readonly durations: Readonly<Record<infer Name, unknown>> } ? Name : never;

/** The settings that say how long passing states last. */
export type DurationName = NamesOf<(typeof features)[number]>;

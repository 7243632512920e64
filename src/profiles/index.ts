import { documented, documentedErrors } from './documented.js';
import { observed } from './observed.js';
import type { ErrorRow, ErrorRows, Profiles } from './profile.js';

export * from './profile.js';

/** What a resource adds to the error tables: its rows as observed, and what the source page changes in them. */
export interface ResourceErrors {
  readonly observed: ErrorRows;
  readonly documented: Readonly<Record<string, Partial<ErrorRow>>>;
}

/** Both profiles with the rows of all resources. */
export function profilesOf(resources: readonly ResourceErrors[]): Profiles {
  const merged = { observed: { ...observed.errors }, documented: { ...documented.errors } };
  for (const resource of resources) {
    Object.assign(merged.observed, resource.observed);
    Object.assign(merged.documented, documentedErrors(resource.observed, resource.documented));
  }
  return {
    observed: { ...observed, errors: merged.observed },
    documented: { ...documented, errors: merged.documented },
  };
}

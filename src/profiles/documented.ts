import { SOURCE } from '../kernel/conditions.js';
import { observed, RATE_LIMITED } from './observed.js';
import type { ErrorRow, ErrorRows, Profile } from './profile.js';

/** The one code that the source page shows for a status, an example each, as it says itself. */
const PAGE_CODES: Readonly<Record<number, string>> = {
  400: 'VALIDATION_ERROR',
  401: 'NOT_ORG_GROUP_CREATOR',
  403: 'CANNOT_CHANGE_GROUP_NAME',
  404: 'RESOURCE_NOT_FOUND',
  500: 'UNEXPECTED_ERROR',
};

/** One of the page's two sentences. */
const CANNOT_FIND = 'Cannot find resource %s';

const rows: Readonly<Record<string, Partial<ErrorRow>>> = {
  pathNotFound: { detail: CANNOT_FIND },
  projectNotFound: { detail: CANNOT_FIND },
  invalidProjectId: { status: 400 },
  organizationNotFound: { detail: CANNOT_FIND },
  invalidOrganizationId: { status: 400 },
  projectNameNotFound: { detail: CANNOT_FIND },
  notPermitted: { status: 403 },
  rateLimited: { detail: RATE_LIMITED },
};

/** The source page laid over what was observed: it replaces rows, and adds none. */
export const documented: Profile = {
  ...observed,
  name: 'documented',
  errorKeys: ['error', 'detail', 'reason', 'errorCode'],
  errorCodeHeader: false,
  javaMethodHeader: false,
  rateLimitHeaders: false,
  pageBodies: true,
  answerHeaders: {},
  errors: documentedErrors(observed.errors, rows),
};

/**
 * Lays the source page over observed rows. A status that the page shows gets the page's code. The texts are
 * Atlas's no more, but say what is wrong with this request; `own` brings the page's own sentences back.
 */
export function documentedErrors(
  base: ErrorRows,
  own: Readonly<Record<string, Partial<ErrorRow>>>,
): ErrorRows {
  return Object.fromEntries(
    Object.entries(base).map(([name, row]) => {
      const status = own[name]?.status ?? row.status;
      const code = PAGE_CODES[status];
      const overlaid: ErrorRow = {
        status,
        errorCode: code ?? row.errorCode,
        source: code ? SOURCE.page : row.source,
        ...(row.settledBy !== undefined && !code && { settledBy: row.settledBy }),
        ...own[name],
      };
      return [name, overlaid];
    }),
  );
}

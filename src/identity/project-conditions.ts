import { CANNOT_FIND, defineCondition, SOURCE } from '../profiles/index.js';

const TOO_MANY = 'Maximum number of groups per organization (%s) in %s exceeded while trying to add group.';
const IN_USE = 'Cannot close group while it has active stream processing resources.';

/** The caller sees no project of this name. */
export const projectNameNotFound = defineCondition('projectNameNotFound', {
  observed: [404, 'GROUP_NAME_NOT_FOUND', 'No group with name "%s" exists.', SOURCE.errorCodes],
  documented: { detail: CANNOT_FIND },
  problem: (name: string, caller: string) => `There is no project named ${name} that the ${caller} can see.`,
  remedy: 'Use a name that GET /api/atlas/v2/groups lists.',
  example: ['orders', 'API key reader'],
});

/** How many projects an organization can have (recorded). */
export const PROJECTS_LIMIT = 250;

/** The organization has 250 projects already, without those that the control API created. */
export const tooManyProjects = defineCondition('tooManyProjects', {
  observed: [400, 'MAX_GROUPS_PER_ORG_EXCEEDED', TOO_MANY, SOURCE.recorded],
  problem: (limit: string, organization: string) =>
    `Organization ${organization} has ${limit} projects already.`,
  remedy: 'Delete one of them, or create projects for tests with POST /_emulator/projects.',
  example: [String(PROJECTS_LIMIT), 'f'.repeat(24)],
});

/** The project to be deleted still has resources in it. */
export const projectInUse = defineCondition('projectInUse', {
  observed: [409, 'CANNOT_CLOSE_GROUP_ACTIVE_STREAMS_RESOURCE', IN_USE, SOURCE.client],
  settledBy: 'DELETE /api/atlas/v2/groups/{groupId} of a project with a stream resource (status and text)',
  problem: (id: string, left: string) => `Project ${id} still has ${left}.`,
  remedy: 'Delete them first.',
  example: ['f'.repeat(24), '2 stream resources'],
});

/** What a key or a value of a tag can contain (Atlas documentation; that letters of any language count is inferred). */
export const TAG = /^[\p{L}\p{N} ;@_.+-]{1,255}$/u;

const ALLOWED = 'Allowable characters include letters, numbers, spaces and ; @ _ - . +';

/**
 * A key or a value of a tag has more than 255 characters, or others than letters, numbers, spaces and `;@_-.+`, or two
 * tags have one key. What the texts contain is read in a client; the rest of them, and the code, are inferred.
 */
export const invalidTag = defineCondition('invalidTag', {
  observed: [400, 'VALIDATION_ERROR', '%s.', SOURCE.client],
  settledBy: 'POST /api/atlas/v2/groups with the tag {"key": "a", "value": "b/c"}',
  rule: [SOURCE.documentation],
  field: 'tags',
  problem: (sentence: string) => `${sentence}.`,
  remedy: 'Send unique keys, and keys and values of up to 255 such characters.',
  example: [`One of the tags has a value that contains invalid characters. ${ALLOWED}`],
});

/**
 * Checks the tags of a body, of which anything may have another type.
 *
 * @throws {Refusal} `invalidTag`
 */
export function checkTags(tags: unknown): void {
  const keys = new Set<unknown>();
  for (const tag of Array.isArray(tags) ? (tags as unknown[]) : []) {
    const parts = (tag ?? {}) as Readonly<Record<string, unknown>>;
    for (const name of ['key', 'value']) {
      const text = parts[name];
      if (typeof text !== 'string' || text === '' || TAG.test(text)) continue;
      const why = /^.{256,}$/su.test(text)
        ? 'exceeded the maximum allowed length of 255 characters'
        : `contains invalid characters. ${ALLOWED}`;
      throw invalidTag(`One of the tags has a ${name} that ${why}`);
    }
    if (keys.has(parts.key)) throw invalidTag('Two tags have the same key');
    keys.add(parts.key);
  }
}

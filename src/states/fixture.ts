import { Type } from '@sinclair/typebox';
import { ControlError } from '../../http/control-operation.js';
import type { FixtureSection, ProjectSection, SharedSection } from '../../world/index.js';
import { invalidAttribute } from '../../http/steps/fields.js';
import { SOURCE } from '../../profiles/index.js';
import { MOST } from '../../kernel/pace.js';
import type { Path, Plan, Stage, State } from './lifecycle.js';
import { checkLinkRule, linkRule, type LinkRule } from './link-rule.js';
import type { PrivateLinks } from './links.js';
import { privateLinkProfiles } from './profile.js';
import type { PrivateLinkRules } from './rule-store.js';
import { checkVendor, prepare } from './rules.js';
import { fixtureItem, type SentFields } from './schema.js';

/** What a fixture says of private links: those that there are, and what becomes of those to come. */
export function privateLinkSections(
  links: PrivateLinks,
  rules: PrivateLinkRules,
  newId: () => string,
): readonly FixtureSection[] {
  return [linkSection(links, newId), ruleSection(rules, newId)];
}

function linkSection(links: PrivateLinks, newId: () => string): ProjectSection {
  return {
    key: 'privateLinks',
    item: fixtureItem,
    scope: 'project',
    load(transaction, project, item) {
      const { _id, state, errorMessage, path, rest = [], readsLeft } = item as FixtureLink;
      const profile = privateLinkProfiles[project.profile];
      const sent = prepare(fieldsOf(item)) as SentFields;
      checkVendor(sent, profile.enforced);
      const planned: Plan = path
        ? { path: inOrder(path), rest, readsLeft: rest.length > 0 ? readsLeft : undefined }
        : links.plan(project, state ? [{ state }] : profile.created, 'fixture');
      links.make(transaction, project, { id: _id ?? newId(), sent, errorMessage, ...planned });
    },
    *save({ id: projectId, now }) {
      for (const { id, sent, path, rest, readsLeft, errorMessage } of links.store.all(projectId, now)) {
        yield {
          _id: id,
          ...sent,
          path,
          ...(rest.length > 0 && { rest }),
          ...(readsLeft !== undefined && { readsLeft }),
          ...(errorMessage !== undefined && { errorMessage }),
        };
      }
    },
  };
}

/** A rule in a fixture: as the control API takes it, and optionally its id and what is left of its `times`. */
const fixtureRule = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: '^[a-f0-9]{24}$' })),
    ...linkRule.properties,
    timesLeft: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MOST,
        description: 'for how many more links; times if left out',
      }),
    ),
  },
  { additionalProperties: false },
);

function ruleSection(rules: PrivateLinkRules, newId: () => string): SharedSection {
  return {
    key: 'privateLinkRules',
    item: fixtureRule,
    scope: 'both',
    load(_transaction, project, item) {
      const { id = newId(), timesLeft, ...rule } = item as FixtureRule;
      checkLinkRule(rule);
      if (timesLeft !== undefined && timesLeft > (rule.times ?? 0)) {
        throw new ControlError(400, 'timesLeft is what is left of times: send no more than that.');
      }
      rules.add(project?.id, id, rule, timesLeft);
    },
    save: (project) =>
      rules
        .list(project?.id)
        .map(({ id, rule, timesLeft }) => ({ id, ...rule, ...(timesLeft !== null && { timesLeft }) })),
    clear() {
      rules.remove(undefined, undefined);
    },
  };
}

type FixtureRule = LinkRule & { readonly id?: string; readonly timesLeft?: number };

/** What a fixture says of a link beside what a client would send. */
interface FixtureLink {
  readonly _id?: string;
  readonly state?: State;
  readonly errorMessage?: string;
  readonly path?: Path;
  readonly rest?: readonly Stage[];
  readonly readsLeft?: number;
}

/** What a fixture says of a link that is not its client's. */
const OWN_FIELDS = ['path', 'rest', 'readsLeft'];

function inOrder(path: Path): Path {
  const late = path.find(([, at], index) => at < (path[index - 1]?.[1] ?? at));
  if (late) {
    throw invalidAttribute(
      'path',
      'Send states in the order of time.',
      `The path enters ${late[0]} before the state that precedes it.`,
      SOURCE.inferred,
    );
  }
  return path;
}

/** What a client would send of a link in a fixture. */
function fieldsOf(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !OWN_FIELDS.includes(name)));
}

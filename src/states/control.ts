import { Type } from '@sinclair/typebox';
import { ControlError, controlOperation, type AnyControlOperation } from '../../http/control-operation.js';
import type { Project } from '../../http/gatekeeper.js';
import { Refusal } from '../../profiles/index.js';
import { past, STATES, type Path, type Stage, type State } from './lifecycle.js';
import { checkLinkRule, linkRule } from './link-rule.js';
import type { PrivateLinks } from './links.js';
import { privateLinkProfiles } from './profile.js';
import type { PrivateLinkRules } from './rule-store.js';
import type { CurrentLink } from './rows.js';
import { MESSAGE_MAX } from './schema.js';

const state = Type.Union(
  STATES.map((name) => Type.Literal(name)),
  { description: 'a state of a private link; DELETED removes it' },
);
const step = Type.Object(
  {
    state,
    at: Type.String({ description: "when it was entered, in the project's time (ISO 8601)" }),
    why: Type.String({ description: 'created, updated, deleted, time, read, forced, released or fixture' }),
  },
  { title: 'PrivateLinkStep', description: 'A state that was entered.' },
);
const linkState = Type.Object(
  {
    id: Type.String({ description: 'the _id of the private link' }),
    state,
    held: Type.Boolean({ description: 'whether it waits for a hand or for reads to move on' }),
    history: Type.Array(step, { description: 'the states it has gone through, oldest first' }),
  },
  { title: 'PrivateLinkState', description: 'Where a private link is, and how it came there.' },
);
const keptRule = Type.Object(
  {
    id: Type.String({ description: 'the id of the rule' }),
    rule: linkRule,
    timesLeft: Type.Union([Type.Integer(), Type.Null()], {
      description: 'for how many more links; null for all',
    }),
  },
  { title: 'KeptPrivateLinkRule', description: 'A rule that is kept.' },
);

/** What the control API does with private links. */
export function privateLinkControl(
  links: PrivateLinks,
  rules: PrivateLinkRules,
  newId: () => string,
): readonly AnyControlOperation[] {
  return [
    controlOperation({
      id: 'getPrivateLinkState',
      method: 'GET',
      path: '/private-links/:connectionId',
      scope: 'project',
      summary: 'Tells the state of a private link and how it came there.',
      response: linkState,
      handle({ project, parameters }) {
        const id = parameters.connectionId ?? '';
        current(links, inProject(project), id);
        return shown(links, inProject(project), id);
      },
    }),
    controlOperation({
      id: 'forcePrivateLinkState',
      method: 'PUT',
      path: '/private-links/:connectionId/state',
      scope: 'project',
      summary: 'Puts a private link into a state, in which it stays.',
      body: Type.Object(
        {
          state,
          errorMessage: Type.Optional(
            Type.String({ minLength: 1, maxLength: MESSAGE_MAX, description: 'shown while it is FAILED' }),
          ),
        },
        { additionalProperties: false },
      ),
      response: linkState,
      handle: ({ project, parameters, body }) =>
        change(links, inProject(project), parameters.connectionId ?? '', (transaction, own, link, id) => {
          if (body.errorMessage !== undefined && body.state !== 'FAILED') {
            throw new ControlError(400, 'An errorMessage goes with the state FAILED alone.');
          }
          const path: Path = [...past(link.path, own.now), [body.state, own.now, 'forced']];
          const errorMessage = body.errorMessage ?? link.errorMessage;
          links.replace(transaction, own, link, {
            ...link,
            id,
            path,
            rest: [],
            readsLeft: undefined,
            errorMessage,
          });
        }),
    }),
    controlOperation({
      id: 'holdPrivateLink',
      method: 'POST',
      path: '/private-links/:connectionId/hold',
      scope: 'project',
      summary: 'Holds a private link in the state that it is in.',
      response: linkState,
      handle: ({ project, parameters }) =>
        change(links, inProject(project), parameters.connectionId ?? '', (transaction, own, link, id) => {
          const path = past(link.path, own.now);
          const ahead = link.path.slice(path.length).map(([next]) => stageOf(own, next));
          const rest = [...ahead, ...link.rest];
          links.replace(transaction, own, link, { ...link, id, path, rest, readsLeft: undefined });
        }),
    }),
    controlOperation({
      id: 'stepPrivateLink',
      method: 'POST',
      path: '/private-links/:connectionId/step',
      scope: 'project',
      summary: 'Moves a private link that is held, or moves by hand or by reads, on to its next state.',
      response: linkState,
      errors: [409],
      handle: ({ project, parameters }) =>
        change(links, inProject(project), parameters.connectionId ?? '', (transaction, own, link, id) => {
          if (link.rest.length === 0) throw new ControlError(409, 'The private link waits for no hand.');
          links.step(transaction, own, link, id, 'forced');
        }),
    }),
    controlOperation({
      id: 'releasePrivateLink',
      method: 'POST',
      path: '/private-links/:connectionId/release',
      scope: 'project',
      summary:
        'Lets a private link that was held go on: it enters its next state now, and the others as its project moves.',
      response: linkState,
      errors: [409],
      handle: ({ project, parameters }) =>
        change(links, inProject(project), parameters.connectionId ?? '', (transaction, own, link, id) => {
          if (link.rest.length === 0) throw new ControlError(409, 'The private link is not held.');
          links.goOn(transaction, own, link, id, 'released');
        }),
    }),
    controlOperation({
      id: 'listPrivateLinkRules',
      method: 'GET',
      path: '/private-link-rules',
      scope: 'both',
      summary: 'Lists the rules for private links that are not created yet.',
      response: Type.Object({ rules: Type.Array(keptRule, { description: 'oldest first' }) }),
      handle: ({ project }) => ({ rules: rules.list(project?.id) }),
    }),
    controlOperation({
      id: 'addPrivateLinkRule',
      method: 'POST',
      path: '/private-link-rules',
      scope: 'both',
      summary: 'Says what becomes of private links that are not created yet.',
      body: linkRule,
      response: keptRule,
      status: 201,
      handle({ project, body }) {
        checkLinkRule(body);
        return links.write(() => rules.add(project?.id, newId(), body));
      },
    }),
    controlOperation({
      id: 'removePrivateLinkRule',
      method: 'DELETE',
      path: '/private-link-rules/:ruleId',
      scope: 'both',
      summary: 'Removes a rule.',
      status: 204,
      handle: ({ project, parameters }) =>
        links.write(() => {
          const id = parameters.ruleId ?? '';
          if (rules.remove(project?.id, id) === 0)
            throw new ControlError(404, `There is no rule ${id} here.`);
        }),
    }),
    controlOperation({
      id: 'removePrivateLinkRules',
      method: 'DELETE',
      path: '/private-link-rules',
      scope: 'both',
      summary: 'Removes all rules of the scope.',
      status: 204,
      handle: ({ project }) => links.write(() => rules.remove(project?.id, undefined)),
    }),
  ];
}

/** The stage that a state is in the project's profile, with how long it lasts. */
function stageOf(project: Project, name: State): Stage {
  const { created, deleted } = privateLinkProfiles[project.profile];
  return [...created, ...deleted].find((stage) => stage.state === name) ?? { state: name };
}

type Change = (
  transaction: Parameters<Parameters<PrivateLinks['write']>[0]>[0],
  project: Project,
  link: CurrentLink,
  id: string,
) => void;

async function change(links: PrivateLinks, project: Project, id: string, work: Change): Promise<object> {
  await links.write((transaction) => {
    work(transaction, project, current(links, project, id), id);
  });
  return shown(links, project, id);
}

/** The link and its history; a link that a change has removed is shown as DELETED. */
function shown(links: PrivateLinks, project: Project, id: string): object {
  const link = links.store.current(project.id, id, project.now);
  if (!link) return { id, state: 'DELETED', held: false, history: [] };
  return {
    id,
    state: link.state,
    held: link.rest.length > 0,
    history: past(link.path, project.now).map(([entered, at, why = 'time']) => ({
      state: entered,
      at: new Date(at).toISOString(),
      why,
    })),
  };
}

function current(links: PrivateLinks, project: Project, id: string): CurrentLink {
  try {
    return links.existing(project, id);
  } catch (error) {
    throw error instanceof Refusal ? new ControlError(404, error.condition.problem) : error;
  }
}

function inProject(project: Project | undefined): Project {
  if (!project) throw new Error('an operation of project scope was called without a project');
  return project;
}

import { Type, type TObject } from '@sinclair/typebox';
import type { Project } from '../http/gatekeeper.js';
import type { Movement, Pace } from '../kernel/pace.js';
import { durationsSchema, movement, type FixtureSection } from '../world/index.js';
import { PROFILE_NAMES } from '../profiles/index.js';

/** The callers that a made project gets, each with its roles in the organization and the project. */
export const CALLERS = {
  owner: { organization: ['ORG_MEMBER'], project: ['GROUP_OWNER'] },
  streams: { organization: ['ORG_MEMBER'], project: ['GROUP_STREAM_PROCESSING_OWNER'] },
  reader: { organization: ['ORG_MEMBER'], project: ['GROUP_READ_ONLY'] },
  outsider: { organization: ['ORG_MEMBER'], project: [] },
} as const;
export type CallerName = keyof typeof CALLERS;

export const profile = Type.Union(
  PROFILE_NAMES.map((name) => Type.Literal(name)),
  { description: 'how it behaves: documented or observed' },
);
/** How its states move, as far as a client says. */
export const paceSchema = (sections: readonly FixtureSection[]) => ({
  durations: Type.Optional(
    Type.Unsafe<Pace['durations']>({
      ...durationsSchema(sections),
      description: "how long passing states last, in milliseconds; the server's settings where left out",
    }),
  ),
  movement: Type.Optional(
    Type.Unsafe<Movement>({
      ...movement,
      description:
        'what moves states: time, a number of reads, a hand, or nothing since they are passed at once',
    }),
  ),
});
/** A project as it is shown. */
export const project: TObject = Type.Object(
  {
    id: Type.String({ description: 'the groupId of the Atlas API' }),
    name: Type.String({ description: 'its name' }),
    organizationId: Type.String({ description: 'the organization that it is in' }),
    profile,
    durations: Type.Record(Type.String(), Type.Integer(), {
      description: 'its own durations, in milliseconds',
    }),
    movement: { ...movement, description: 'what moves its states' },
  },
  { title: 'Project', description: 'A project and how its states move.' },
);
/** What a caller shows. */
export const credentials = Type.Object(
  {
    apiKey: Type.Object({
      publicKey: Type.String({ description: 'the user of HTTP digest' }),
      privateKey: Type.String({ description: 'its password' }),
    }),
    serviceAccount: Type.Object({
      clientId: Type.String({ description: 'for POST /api/oauth/token' }),
      clientSecret: Type.String({ description: 'its secret' }),
    }),
  },
  { title: 'Credentials', description: 'An API key and a service account.' },
);
export const callerNames = Object.keys(CALLERS) as CallerName[];

/** A project as the control API shows it. */
export function shownProject(one: Project): object {
  return {
    id: one.id,
    name: one.name,
    organizationId: one.organizationId,
    profile: one.profile,
    durations: one.pace.durations,
    movement: one.pace.movement,
  };
}

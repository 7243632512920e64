import type * as api from './types.generated.js';

export type {
  CheckReport,
  CoverageReport,
  Credentials,
  Finding,
  Health,
  HttpArchive,
  Refusal,
  RefusedRequest,
  Snapshot,
} from './types.generated.js';

/** How projects behave: as the documentation page says, or as was recorded. */
export type ProfileName = api.Project['profile'];

/** The callers that a project has credentials for. */
export type Role = keyof api.MadeProject['credentials'];

/** States of a private link; DELETED removes it. */
export type LinkState = api.PrivateLinkState['state'];

/** Steps of the pipeline, one of which decides each answer. */
export type Rung = api.Request['rung'];

/** How the states of a project move; what is left out stays as it is. */
export type PaceOptions = api.ChangeProjectBody;

/** How long passing states last, in milliseconds. */
export type Durations = Required<NonNullable<PaceOptions['durations']>>;

/** What moves states: the project's time, nothing since they are passed at once, a hand, or a number of reads. */
export type Movement = api.Project['movement'];

/** Options of a new project. */
export type ProjectOptions = api.MakeProjectBody;

/** A project and how its states move. */
export interface ProjectInfo extends Omit<api.Project, 'durations'> {
  /** Its own durations, in milliseconds. */
  readonly durations: Partial<Durations>;
}

/** A project with all that a client needs. One of a fixture may have fewer credentials. */
export type ProjectAccess = ProjectInfo & Omit<api.MadeProject, 'durations'>;

/** The variables of the owner, for each client. */
export type Environment = api.MadeProject['environment'];

/** Clients that find the emulator and their credentials by variables. */
export type ClientName = keyof Environment;

/** A duration: milliseconds, or a text such as `500ms`, `90s`, `30m`, `1h`, `2d`. */
export type Duration = api.AdvanceClockBody['by'];

/** The time that a clock shows. */
export type ClockReading = api.Clock;

/** Which requests a fault is for; what is left out, any. */
export type FaultMatch = NonNullable<api.NewFault['match']>;

/** What a fault does: exactly one of these. */
export type FaultAction = OwnOf<api.NewFault, keyof api.NewFault>;

/** The members of each type of a union that the union does not have in common. */
type OwnOf<Union, Common> = Union extends unknown ? Omit<Union, Common & string> : never;

/** A fault to inject. */
export type NewFault = api.NewFault;

/** A fault with its counts. */
export type Fault = api.Fault;

/** What becomes of private links that are not created yet: they fail, or stay in a state. */
export type LinkRule = api.PrivateLinkRule;

/** Which private links a rule is for; what is left out, any. */
export type LinkMatch = NonNullable<LinkRule['match']>;

/** A rule with its id, and for how many more links it is. */
export type KeptLinkRule = api.KeptPrivateLinkRule;

/** A state that a private link has entered. */
export type LinkStep = api.PrivateLinkStep;

/** A private link as the control API sees it. */
export type LinkReport = api.PrivateLinkState;

/** A request and its answer. */
export type RecordedRequest = api.Request;

/** One side of a recorded request, secrets removed. */
export type RecordedMessage = RecordedRequest['request'];

/** Criteria that select requests; what is left out, any. */
export type RequestFilter = Omit<api.ListRequestsQuery, 'limit'>;

/** A filter that can look into bodies too. */
export type RequestMatcher = api.CountRequestsBody;

/** How findings are judged: rules to ignore or to expect, and the least severity that fails. */
export type CheckOptions = api.CheckContractBody;

/** The state of the emulator as a file that can be loaded again. */
export interface Fixture extends Pick<api.Fixture, 'clock'> {
  /** Faults of the whole server; projects have their own. */
  readonly faults?: readonly (NewFault & Partial<Pick<Fault, 'matched' | 'fired'>>)[];
  /** Rules of the whole server; projects have their own. */
  readonly privateLinkRules?: readonly (LinkRule & { readonly id?: string; readonly timesLeft?: number })[];
  readonly organizations: readonly Readonly<Record<string, unknown>>[];
}

/** Something that happened in the emulator. */
export interface EmulatorEvent {
  /** Grows by one. */
  readonly seq: number;
  /** In real time, ISO 8601. */
  readonly at: string;
  /** `lost` where events are gone that were asked for. */
  readonly type:
    | 'request.finished'
    | `${string}.changed`
    | 'fault.fired'
    | 'clock.moved'
    | 'world.reset'
    | 'operation.missing'
    | 'lost';
  readonly project?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

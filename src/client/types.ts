import type { StateReport, StateStep } from './resource.js';

/** How projects behave: as the documentation page says, or as was recorded. */
export type ProfileName = 'documented' | 'observed';

/** The callers that a project has credentials for. */
export type Role = 'owner' | 'streams' | 'reader' | 'outsider';

/** States of a private link; DELETED removes it. */
export type LinkState =
  'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';

/** How long passing states last, in milliseconds. */
export interface Durations {
  /** Of a documented link after its create; 2000 unless set. */
  readonly pendingMs: number;
  readonly idleMs: number;
  readonly workingMs: number;
  readonly deleteRequestedMs: number;
  readonly deletingMs: number;
}

/** What moves states: the project's time, nothing since they are passed at once, a hand, or a number of reads. */
export type Movement = 'time' | 'at once' | 'by hand' | { readonly reads: number };

/** How the states of a project move; what is left out stays as it is. */
export interface PaceOptions {
  readonly durations?: Partial<Durations>;
  readonly movement?: Movement;
}

/** What a project is made with. */
export interface ProjectOptions extends PaceOptions {
  /** `documented` unless given. */
  readonly profile?: ProfileName;
  /** One is made if none is given. */
  readonly name?: string;
}

/** What a project is. */
export interface ProjectInfo {
  /** The `groupId` of the Atlas API. */
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly profile: ProfileName;
  /** Those that it has of its own. */
  readonly durations: Partial<Durations>;
  readonly movement: Movement;
}

/** What a caller shows: an API key for HTTP digest, a service account for tokens. */
export interface Credentials {
  readonly apiKey: { readonly publicKey: string; readonly privateKey: string };
  readonly serviceAccount: { readonly clientId: string; readonly clientSecret: string };
}

/** Clients that find the emulator and their credentials by variables. */
export type ClientName = 'curl' | 'terraform' | 'atlas-cli' | 'go-sdk' | 'mcp';

/** The variables of the owner, for each client. */
export type Environment = Readonly<Record<ClientName, Readonly<Record<string, string>>>>;

/** A project with all that a client needs. */
export interface ProjectAccess extends ProjectInfo {
  /** The address of the emulator as clients use it. */
  readonly url: string;
  /** A made project has all four; a fixture's may have fewer. */
  readonly credentials: Readonly<Record<Role, Credentials>>;
  readonly environment: Environment;
}

/** A duration: milliseconds, or a text such as `500ms`, `90s`, `30m`, `1h`, `2d`. */
export type Duration = number | string;

/** What a clock shows. */
export interface ClockReading {
  /** ISO 8601. */
  readonly now: string;
  readonly frozen: boolean;
}

/** A snapshot. */
export interface Snapshot {
  readonly name: string;
  /** In the emulator's time, ISO 8601. */
  readonly takenAt: string;
}

/** Which requests a fault is for; what is left out, any. */
export interface FaultMatch {
  /** The `operationId`; `createToken` and `revokeToken` for the token endpoints. */
  readonly operation?: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path without its query; each `*` stands for any text. */
  readonly path?: string;
  /** A public key, or a client id. */
  readonly caller?: string;
}

interface FaultScope {
  /** What it is called in its scope; one is made if none is given. */
  readonly id?: string;
  readonly match?: FaultMatch;
  /** How often it fires before it rests; always if left out. */
  readonly times?: number;
  /** On which share of the matching requests it fires, from 0 to 1, spread evenly. */
  readonly share?: number;
  /** How many matching requests pass before it begins. */
  readonly skip?: number;
  /** Acts before the credentials are checked. */
  readonly before?: 'credentials';
}

/** What a fault does: exactly one of these. */
export type FaultAction =
  | {
      /** Answers in place of the emulator; without a body, an error has the one that Atlas has for its status. */
      readonly answer: {
        readonly status: number;
        readonly body?: unknown;
        readonly headers?: Readonly<Record<string, string>>;
      };
    }
  | {
      /** Answers 429 as Atlas does; `retryAfterS` is 1 unless given. */
      readonly rateLimit: { readonly retryAfterS?: number };
    }
  | {
      /** Lets the request wait, in milliseconds of the emulator's clock. */
      readonly delayMs: number;
    }
  | {
      /** Cuts the connection: before the work, or after it is done and committed. */
      readonly drop: 'before' | 'after';
    }
  | {
      /** Does the work, sends half of the answer, and cuts the connection. */
      readonly truncate: true;
    };

/** A fault to inject. */
export type NewFault = FaultScope & FaultAction;

/** A fault as it is kept. */
export type Fault = NewFault & {
  readonly id: string;
  /** How many requests it has matched. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
};

/** Which private links a rule is for; what is left out, any. */
export interface LinkMatch {
  /** In any case. */
  readonly provider?: string;
  /** In any case; GENERIC where none is sent. */
  readonly vendor?: string;
  readonly region?: string;
}

/** What becomes of private links that are not created yet. */
export type LinkRule = {
  readonly match?: LinkMatch;
  /** For how many links; all if left out. */
  readonly times?: number;
} & (
  | {
      /** They end FAILED, with this `errorMessage`. */
      readonly fail: string;
    }
  | {
      /** They stay in this state for good. */
      readonly staysIn: 'PENDING' | 'IDLE' | 'WORKING';
    }
);

/** A rule as it is kept. */
export interface KeptLinkRule {
  readonly id: string;
  readonly rule: LinkRule;
  /** For how many more links; null for all. */
  readonly timesLeft: number | null;
}

/** A state that a link has gone through. */
export type LinkStep = StateStep<LinkState>;

/** A private link as the control API sees it. */
export type LinkReport = StateReport<LinkState>;

/** The world as a file that can be loaded again. Projects have faults and privateLinkRules of their own. */
export interface Fixture {
  /** The emulator's own clock, in milliseconds: relative to the machine's, or at rest. */
  readonly clock?: { readonly offsetMs: number; readonly frozenAt?: number };
  /** Faults of the whole server. */
  readonly faults?: readonly (NewFault & Partial<Pick<Fault, 'matched' | 'fired'>>)[];
  /** Rules of the whole server. */
  readonly privateLinkRules?: readonly (LinkRule & { readonly id?: string; readonly timesLeft?: number })[];
  readonly organizations: readonly Readonly<Record<string, unknown>>[];
}

/** What the emulator tells of itself. */
export interface EmulatorEvent {
  /** Grows by one. */
  readonly seq: number;
  /** In real time, ISO 8601. */
  readonly at: string;
  /** `link.changed` where a private link entered a state; `lost` where events are gone that were asked for. */
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

// Generated from the document of the control API; do not edit. To generate it again: npm run client-types

/** The state of the emulator. */
export interface Health {
  /** The emulator accepts requests. */
  readonly status: 'ready';
  /** The version of the emulator. */
  readonly version: string;
  /** Operations that clients requested and that are not emulated. */
  readonly notEmulated: readonly string[];
}

/** Why a request was refused. */
export interface ControlError {
  /** The status. */
  readonly error: number;
  /** Name of the status. */
  readonly reason: string;
  /** What was expected. */
  readonly detail: string;
  /** The requests that arrived, if a wait for more timed out. */
  readonly requests?: readonly Readonly<Record<string, unknown>>[];
}

/** Addresses to begin with. */
export interface Index {
  /** The version of the emulator. */
  readonly version: string;
  /** Whether the emulator is ready. */
  readonly health: string;
  /** The OpenAPI document of the emulated operations of Atlas. */
  readonly openapi: string;
  /** The OpenAPI document of the control API. */
  readonly controlOpenapi: string;
}

/** A project and how its states change. */
export interface Project {
  /** The groupId of the Atlas API. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The organization that it is in. */
  readonly organizationId: string;
  /** Which behavior it has: documented or observed. */
  readonly profile: 'documented' | 'observed';
  /** Its own durations, in milliseconds. */
  readonly durations: Readonly<Record<string, number>>;
  /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
  readonly movement:
    | 'time'
    | 'at once'
    | 'by hand'
    | {
        readonly reads: number;
      };
  /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
  readonly strict?: boolean;
}

/** Body: Creates a project with its own credentials for each role. */
export interface MakeProjectBody {
  /** Which behavior it has: documented or observed. */
  readonly profile?: 'documented' | 'observed';
  /** 24 lower-case hexadecimal digits; generated if omitted. */
  readonly id?: string;
  /** As Atlas accepts it; generated if omitted. */
  readonly name?: string;
  /** How long transient states last, in milliseconds; the server's settings where omitted. */
  readonly durations?: {
    readonly pendingMs?: number;
    readonly idleMs?: number;
    readonly workingMs?: number;
    readonly deleteRequestedMs?: number;
    readonly deletingMs?: number;
  };
  /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
  readonly movement?:
    | 'time'
    | 'at once'
    | 'by hand'
    | {
        readonly reads: number;
      };
  /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
  readonly strict?: boolean;
}

/** An API key and a service account. */
export interface Credentials {
  readonly apiKey: {
    /** The user of HTTP digest. */
    readonly publicKey: string;
    /** Its password. */
    readonly privateKey: string;
  };
  readonly serviceAccount: {
    /** For POST /api/oauth/token. */
    readonly clientId: string;
    /** Its secret. */
    readonly clientSecret: string;
  };
}

/** A project that was created, with its secrets. */
export interface MadeProject {
  /** The groupId of the Atlas API. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The organization that it is in. */
  readonly organizationId: string;
  /** Which behavior it has: documented or observed. */
  readonly profile: 'documented' | 'observed';
  /** Its own durations, in milliseconds. */
  readonly durations: Readonly<Record<string, number>>;
  /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
  readonly movement:
    | 'time'
    | 'at once'
    | 'by hand'
    | {
        readonly reads: number;
      };
  /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
  readonly strict?: boolean;
  /** The address of the emulator. */
  readonly url: string;
  /** An API key and a service account for each role. */
  readonly credentials: {
    readonly owner: Credentials;
    readonly streams: Credentials;
    readonly reader: Credentials;
    readonly outsider: Credentials;
  };
  /** The owner's variables for each client. */
  readonly environment: {
    /** Variables for curl, as the documentation page uses it. */
    readonly curl: Readonly<Record<string, string>>;
    /** Variables for the Terraform provider mongodb/mongodbatlas. */
    readonly terraform: Readonly<Record<string, string>>;
    /** Variables for the Atlas CLI. */
    readonly 'atlas-cli': Readonly<Record<string, string>>;
    /** Variables for programs with go.mongodb.org/atlas-sdk. */
    readonly 'go-sdk': Readonly<Record<string, string>>;
    /**
     * Variables for the MongoDB MCP server, over https where the emulator serves it (--tls): it takes no
     * http address.
     */
    readonly mcp: Readonly<Record<string, string>>;
  };
}

/** Body: Changes how the states of a project change, from the next create, update or delete on. */
export interface ChangeProjectBody {
  /** How long transient states last, in milliseconds; the server's settings where omitted. */
  readonly durations?: {
    readonly pendingMs?: number;
    readonly idleMs?: number;
    readonly workingMs?: number;
    readonly deleteRequestedMs?: number;
    readonly deletingMs?: number;
  };
  /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
  readonly movement?:
    | 'time'
    | 'at once'
    | 'by hand'
    | {
        readonly reads: number;
      };
  /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
  readonly strict?: boolean;
}

/** An API key and a service account. */
export interface SomeCredentials {
  readonly apiKey?: {
    /** The user of HTTP digest. */
    readonly publicKey: string;
    /** Its password. */
    readonly privateKey: string;
  };
  readonly serviceAccount?: {
    /** For POST /api/oauth/token. */
    readonly clientId: string;
    /** Its secret. */
    readonly clientSecret: string;
  };
}

/** What clients of a project need. */
export interface ProjectAccess {
  /** The groupId of the Atlas API. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The organization that it is in. */
  readonly organizationId: string;
  /** Which behavior it has: documented or observed. */
  readonly profile: 'documented' | 'observed';
  /** Its own durations, in milliseconds. */
  readonly durations: Readonly<Record<string, number>>;
  /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
  readonly movement:
    | 'time'
    | 'at once'
    | 'by hand'
    | {
        readonly reads: number;
      };
  /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
  readonly strict?: boolean;
  /** The address of the emulator. */
  readonly url: string;
  /** An API key and a service account for each role, where they exist. */
  readonly credentials: Readonly<Record<string, SomeCredentials>>;
  /** The owner's variables for each client. */
  readonly environment: {
    /** Variables for curl, as the documentation page uses it. */
    readonly curl: Readonly<Record<string, string>>;
    /** Variables for the Terraform provider mongodb/mongodbatlas. */
    readonly terraform: Readonly<Record<string, string>>;
    /** Variables for the Atlas CLI. */
    readonly 'atlas-cli': Readonly<Record<string, string>>;
    /** Variables for programs with go.mongodb.org/atlas-sdk. */
    readonly 'go-sdk': Readonly<Record<string, string>>;
    /**
     * Variables for the MongoDB MCP server, over https where the emulator serves it (--tls): it takes no
     * http address.
     */
    readonly mcp: Readonly<Record<string, string>>;
  };
}

/** The state of a clock. */
export interface Clock {
  /** The time of the clock. */
  readonly now: string;
  /** Whether it is frozen. */
  readonly frozen: boolean;
}

/** Body: Freezes the clock, optionally at a later moment. */
export interface FreezeClockBody {
  /** A moment, such as 2026-01-31T09:00:00Z. */
  readonly at?: string;
}

/** Body: Advances the clock, running or frozen. */
export interface AdvanceClockBody {
  /** Milliseconds, or a text such as 500ms, 90s, 30m, 1h, 2d; a year at most. */
  readonly by: number | string;
}

/** Body: Sets the clock to a later moment. */
export interface SetClockBody {
  /** A moment, such as 2026-01-31T09:00:00Z. */
  readonly now: string;
}

/** A snapshot. */
export interface Snapshot {
  /** Your name for it; a snapshot of the same name is replaced. */
  readonly name: string;
  /** When it was taken, in the emulator's time. */
  readonly takenAt: string;
}

/** Body: Takes a snapshot: resources, rules and the clock. */
export interface TakeSnapshotBody {
  /** Your name for it; a snapshot of the same name is replaced. */
  readonly name: string;
}

/** Settings to change, by name. */
export type ProjectSettingsUpdate = Readonly<Record<string, boolean>>;

/** A limit. */
export interface Limit {
  /** What is limited. */
  readonly name: string;
  /** The limit. */
  readonly value: number;
}

/** A team and its roles in a project. */
export interface Team {
  /** Id of the team. */
  readonly teamId: string;
  /** Its roles in the project. */
  readonly roleNames: readonly string[];
}

export interface Fixture {
  readonly clock?: {
    readonly offsetMs: number;
    readonly frozenAt?: number;
  };
  readonly privateLinkRules?: readonly {
    /** The id of the rule. */
    readonly id?: string;
    /** Which private links it is for; all if left out. */
    readonly match?: {
      /** The provider, in any case. */
      readonly provider?: string;
      /** The vendor, in any case; GENERIC where none is sent. */
      readonly vendor?: string;
      /** The region, as sent. */
      readonly region?: string;
    };
    /** For how many private links; all if left out. */
    readonly times?: number;
    /** They end FAILED instead of DONE, with this errorMessage. */
    readonly fail?: string;
    /** They stay in this state for good. */
    readonly staysIn?: 'PENDING' | 'IDLE' | 'WORKING';
    /** For how many more private links; times if left out. */
    readonly timesLeft?: number;
  }[];
  readonly faults?: readonly {
    /** The id of the rule, unique in its scope; generated by default. */
    readonly id?: string;
    /**
     * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
     * rule of the whole server and names their operation or a path.
     */
    readonly match?: {
      /** The operationId; createToken and revokeToken are the token endpoints. */
      readonly operation?: string;
      /** The HTTP method. */
      readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
      /** The path without the query. * is any text. */
      readonly path?: string;
      /** A public key, or a client id. */
      readonly caller?: string;
      /**
       * A part of the JSON body: of an object some members, of an array some items, anything else as it
       * is.
       */
      readonly body?: unknown;
    };
    /** How often it fires; without a limit by default. */
    readonly times?: number;
    /** The share of matching requests on which it fires: 0.5 is every second one. */
    readonly share?: number;
    /** How many matching requests it ignores first. */
    readonly skip?: number;
    /** Acts before the credentials are checked, so also on the first request of a digest. */
    readonly before?: 'credentials';
    /** The parameters of the text of the error, instead of those of its example. */
    readonly parameters?: readonly (string | number)[];
    /** Responds instead of the emulator, which does nothing. A 401 always has the digest challenge. */
    readonly answer?: {
      /** The HTTP status. */
      readonly status: number;
      /**
       * The body: a string is sent as it is, anything else as JSON. By default, an error has Atlas's body
       * for its status, in the form of the profile; other statuses have none.
       */
      readonly body?: unknown;
      /** The headers of the response. The default of Content-Type is application/json. */
      readonly headers?: Readonly<Record<string, string>>;
    };
    /** Responds with this errorCode, with Atlas's status and text, in the form of the profile. */
    readonly error?: string;
    /** Responds 429 RATE_LIMITED like Atlas, with Retry-After, RateLimit-Limit and RateLimit-Remaining. */
    readonly rateLimit?: {
      /** Retry-After, in seconds. Default: 1. */
      readonly retryAfterS?: number;
    };
    /**
     * Delays the request: milliseconds of the emulator's clock. If the rule is removed meanwhile, the
     * connection is closed and nothing is done.
     */
    readonly delayMs?: number;
    /** Closes the connection: before the work, or after it is committed. */
    readonly drop?: 'before' | 'after';
    /** Closes the connection after half of the response. */
    readonly truncate?: true;
    /** How many requests it has matched. An exhausted rule matches none. */
    readonly matched?: number;
    /** How often it has fired. */
    readonly fired?: number;
  }[];
  readonly organizations: readonly {
    /** 24 lower-case hexadecimal digits. */
    readonly id: string;
    /** 1 to 64 letters, digits and -_.(),:&@+'. */
    readonly name: string;
    readonly profile: 'documented' | 'observed';
    readonly projects: readonly {
      /** 24 lower-case hexadecimal digits. */
      readonly id: string;
      /** 1 to 64 letters, digits and -_.(),:&@+'. */
      readonly name: string;
      /** Such as 2026-01-31T09:00:00Z. */
      readonly createdAt?: string;
      readonly clock?: {
        readonly offsetMs: number;
        readonly frozenAt?: number;
      };
      readonly pace?: {
        /** How long transient states last, in milliseconds; the server's settings where omitted. */
        readonly durations: {
          readonly pendingMs?: number;
          readonly idleMs?: number;
          readonly workingMs?: number;
          readonly deleteRequestedMs?: number;
          readonly deletingMs?: number;
        };
        /** What moves states: time, reads of the resource, the control API (by hand), or nothing (at once). */
        readonly movement:
          | 'time'
          | 'at once'
          | 'by hand'
          | {
              readonly reads: number;
            };
        /** Whether requests are refused for what docs/rules.md warns of; as the server is set where omitted. */
        readonly strict?: boolean;
      };
      readonly settings?: {
        readonly tags?: readonly {
          readonly key: string;
          readonly value: string;
        }[];
        readonly withDefaultAlertsSettings?: boolean;
        readonly regionUsageRestrictions?: string;
      };
      readonly privateLinks?: readonly {
        /** ARN of an MSK cluster: arn:aws:kafka:…. */
        readonly arn?: string;
        /** How clients sign in. */
        readonly authenticationScheme?: 'TLS' | 'SASL_SCRAM' | 'IAM';
        /** Resource ids of Azure private link services, one for each zone. */
        readonly azureResourceIds?: readonly string[];
        /** Domain under which the target is reached. */
        readonly dnsDomain?: string;
        /** Subdomains of the cluster's zones; [] where it has none. */
        readonly dnsSubDomain?: readonly string[];
        /** Connection ids of Private Service Connect. */
        readonly gcpConnectionIds?: readonly string[];
        /** Service attachments of Private Service Connect. */
        readonly gcpServiceAttachmentUris?: readonly string[];
        /** AWS, AZURE or GCP, in any case. */
        readonly provider: string;
        /** The provider's name of the region. */
        readonly region?: string;
        /** Name or id of the endpoint service. */
        readonly serviceEndpointId?: string;
        /** Who serves the target, such as CONFLUENT, in any case; GENERIC where it is left out. */
        readonly vendor?: string;
        readonly _id?: string;
        readonly state?: 'IDLE' | 'DONE' | 'FAILED';
        readonly errorMessage?: string;
        readonly path?: readonly (
          | readonly [
              (
                | 'PENDING'
                | 'IDLE'
                | 'WORKING'
                | 'DONE'
                | 'FAILED'
                | 'DELETE_REQUESTED'
                | 'DELETING'
                | 'DELETED'
              ),
              number,
            ]
          | readonly [
              (
                | 'PENDING'
                | 'IDLE'
                | 'WORKING'
                | 'DONE'
                | 'FAILED'
                | 'DELETE_REQUESTED'
                | 'DELETING'
                | 'DELETED'
              ),
              number,
              string,
            ]
        )[];
        readonly rest?: readonly {
          readonly state:
            'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
          readonly lasts?: 'pendingMs' | 'idleMs' | 'workingMs' | 'deleteRequestedMs' | 'deletingMs';
        }[];
        readonly readsLeft?: number;
      }[];
      readonly privateLinkRules?: readonly {
        /** The id of the rule. */
        readonly id?: string;
        /** Which private links it is for; all if left out. */
        readonly match?: {
          /** The provider, in any case. */
          readonly provider?: string;
          /** The vendor, in any case; GENERIC where none is sent. */
          readonly vendor?: string;
          /** The region, as sent. */
          readonly region?: string;
        };
        /** For how many private links; all if left out. */
        readonly times?: number;
        /** They end FAILED instead of DONE, with this errorMessage. */
        readonly fail?: string;
        /** They stay in this state for good. */
        readonly staysIn?: 'PENDING' | 'IDLE' | 'WORKING';
        /** For how many more private links; times if left out. */
        readonly timesLeft?: number;
      }[];
      readonly projectDefaults?: {
        readonly settings?: ProjectSettingsUpdate;
        /** The limits that were set. */
        readonly limits?: readonly Limit[];
        /** Teams to add. */
        readonly teams?: readonly Team[];
        /** Whether they are. */
        readonly managedSlowMs?: boolean;
      };
      readonly faults?: readonly {
        /** The id of the rule, unique in its scope; generated by default. */
        readonly id?: string;
        /**
         * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
         * rule of the whole server and names their operation or a path.
         */
        readonly match?: {
          /** The operationId; createToken and revokeToken are the token endpoints. */
          readonly operation?: string;
          /** The HTTP method. */
          readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
          /** The path without the query. * is any text. */
          readonly path?: string;
          /** A public key, or a client id. */
          readonly caller?: string;
          /**
           * A part of the JSON body: of an object some members, of an array some items, anything else as it
           * is.
           */
          readonly body?: unknown;
        };
        /** How often it fires; without a limit by default. */
        readonly times?: number;
        /** The share of matching requests on which it fires: 0.5 is every second one. */
        readonly share?: number;
        /** How many matching requests it ignores first. */
        readonly skip?: number;
        /** Acts before the credentials are checked, so also on the first request of a digest. */
        readonly before?: 'credentials';
        /** The parameters of the text of the error, instead of those of its example. */
        readonly parameters?: readonly (string | number)[];
        /** Responds instead of the emulator, which does nothing. A 401 always has the digest challenge. */
        readonly answer?: {
          /** The HTTP status. */
          readonly status: number;
          /**
           * The body: a string is sent as it is, anything else as JSON. By default, an error has Atlas's body
           * for its status, in the form of the profile; other statuses have none.
           */
          readonly body?: unknown;
          /** The headers of the response. The default of Content-Type is application/json. */
          readonly headers?: Readonly<Record<string, string>>;
        };
        /** Responds with this errorCode, with Atlas's status and text, in the form of the profile. */
        readonly error?: string;
        /** Responds 429 RATE_LIMITED like Atlas, with Retry-After, RateLimit-Limit and RateLimit-Remaining. */
        readonly rateLimit?: {
          /** Retry-After, in seconds. Default: 1. */
          readonly retryAfterS?: number;
        };
        /**
         * Delays the request: milliseconds of the emulator's clock. If the rule is removed meanwhile, the
         * connection is closed and nothing is done.
         */
        readonly delayMs?: number;
        /** Closes the connection: before the work, or after it is committed. */
        readonly drop?: 'before' | 'after';
        /** Closes the connection after half of the response. */
        readonly truncate?: true;
        /** How many requests it has matched. An exhausted rule matches none. */
        readonly matched?: number;
        /** How often it has fired. */
        readonly fired?: number;
      }[];
    }[];
    readonly credentials: readonly {
      /** 24 lower-case hexadecimal digits. */
      readonly project?: string;
      readonly name?: string;
      readonly organizationRoles: readonly (
        'ORG_OWNER' | 'ORG_GROUP_CREATOR' | 'ORG_STREAM_PROCESSING_ADMIN' | 'ORG_READ_ONLY' | 'ORG_MEMBER'
      )[];
      readonly projectRoles: Readonly<
        Record<
          string,
          readonly (
            | 'GROUP_OWNER'
            | 'GROUP_STREAM_PROCESSING_OWNER'
            | 'GROUP_STREAM_PROCESSING_MANAGER'
            | 'GROUP_READ_ONLY'
          )[]
        >
      >;
      readonly apiKey?: {
        readonly publicKey: string;
        readonly privateKey: string;
      };
      readonly serviceAccount?: {
        readonly clientId: string;
        readonly clientSecret: string;
      };
    }[];
  }[];
}

/** A state that was entered. */
export interface PrivateLinkStep {
  /** A state of a private link; DELETED removes it. */
  readonly state:
    'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
  /** When it was entered, in the project's time. */
  readonly at: string;
  /**
   * Created, updated, deleted, time, read, forced, released, fixture, or cut: the states before it are
   * not retained.
   */
  readonly why: string;
}

/** A private link with the states ahead of it, and what was sent of it. */
export interface ListedPrivateLink {
  /** The _id of the private link. */
  readonly id: string;
  /** A state of a private link; DELETED removes it. */
  readonly state:
    'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
  /** Whether it leaves the state only by a step, a release or reads. */
  readonly held: boolean;
  /** The last 100 states it has gone through, oldest first. */
  readonly history: readonly PrivateLinkStep[];
  /** The states that time will bring, in order; absent if there are none. */
  readonly ahead?: readonly {
    /** A state of a private link; DELETED removes it. */
    readonly state:
      'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
    /** When it enters the state, in the project's time. */
    readonly at: string;
  }[];
  /** The states that a step, a release or reads will bring, in order; absent if there are none. */
  readonly waiting?: readonly (
    'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED'
  )[];
  /** What a client or a fixture sent of the private link. */
  readonly sent: Readonly<Record<string, unknown>>;
}

/** The state of a private link, and its history. */
export interface PrivateLinkState {
  /** The _id of the private link. */
  readonly id: string;
  /** A state of a private link; DELETED removes it. */
  readonly state:
    'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
  /** Whether it leaves the state only by a step, a release or reads. */
  readonly held: boolean;
  /** The last 100 states it has gone through, oldest first. */
  readonly history: readonly PrivateLinkStep[];
}

/** Body: Puts a private link into a state, in which it stays. */
export interface ForcePrivateLinkStateBody {
  /** A state of a private link; DELETED removes it. */
  readonly state:
    'PENDING' | 'IDLE' | 'WORKING' | 'DONE' | 'FAILED' | 'DELETE_REQUESTED' | 'DELETING' | 'DELETED';
  /** Shown while it is FAILED. */
  readonly errorMessage?: string;
}

/** What happens to a private link that is not created yet. */
export interface PrivateLinkRuleFail {
  /** Which private links it is for; all if left out. */
  readonly match?: {
    /** The provider, in any case. */
    readonly provider?: string;
    /** The vendor, in any case; GENERIC where none is sent. */
    readonly vendor?: string;
    /** The region, as sent. */
    readonly region?: string;
  };
  /** For how many private links; all if left out. */
  readonly times?: number;
  /** They end FAILED instead of DONE, with this errorMessage. */
  readonly fail: string;
}

/** What happens to a private link that is not created yet. */
export interface PrivateLinkRuleStaysIn {
  /** Which private links it is for; all if left out. */
  readonly match?: {
    /** The provider, in any case. */
    readonly provider?: string;
    /** The vendor, in any case; GENERIC where none is sent. */
    readonly vendor?: string;
    /** The region, as sent. */
    readonly region?: string;
  };
  /** For how many private links; all if left out. */
  readonly times?: number;
  /** They stay in this state for good. */
  readonly staysIn: 'PENDING' | 'IDLE' | 'WORKING';
}

/** What happens to a private link that is not created yet. */
export type PrivateLinkRule = PrivateLinkRuleFail | PrivateLinkRuleStaysIn;

/** A stored rule. */
export interface KeptPrivateLinkRule {
  /** The id of the rule. */
  readonly id: string;
  readonly rule: PrivateLinkRule;
  /** For how many more private links; null for all. */
  readonly timesLeft: number | null;
}

/** A fault rule. */
export interface FaultAnswer {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds instead of the emulator, which does nothing. A 401 always has the digest challenge. */
  readonly answer: {
    /** The HTTP status. */
    readonly status: number;
    /**
     * The body: a string is sent as it is, anything else as JSON. By default, an error has Atlas's body
     * for its status, in the form of the profile; other statuses have none.
     */
    readonly body?: unknown;
    /** The headers of the response. The default of Content-Type is application/json. */
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export interface FaultError {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds with this errorCode, with Atlas's status and text, in the form of the profile. */
  readonly error: string;
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export interface FaultRateLimit {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds 429 RATE_LIMITED like Atlas, with Retry-After, RateLimit-Limit and RateLimit-Remaining. */
  readonly rateLimit: {
    /** Retry-After, in seconds. Default: 1. */
    readonly retryAfterS?: number;
  };
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export interface FaultDelayMs {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /**
   * Delays the request: milliseconds of the emulator's clock. If the rule is removed meanwhile, the
   * connection is closed and nothing is done.
   */
  readonly delayMs: number;
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export interface FaultDrop {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Closes the connection: before the work, or after it is committed. */
  readonly drop: 'before' | 'after';
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export interface FaultTruncate {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Closes the connection after half of the response. */
  readonly truncate: true;
  /** How many requests it has matched. An exhausted rule matches none. */
  readonly matched: number;
  /** How often it has fired. */
  readonly fired: number;
}

/** A fault rule. */
export type Fault = FaultAnswer | FaultError | FaultRateLimit | FaultDelayMs | FaultDrop | FaultTruncate;

/** The rules of a scope. */
export interface Faults {
  /** The rules of the scope, oldest first. */
  readonly results: readonly Fault[];
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultAnswer {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds instead of the emulator, which does nothing. A 401 always has the digest challenge. */
  readonly answer: {
    /** The HTTP status. */
    readonly status: number;
    /**
     * The body: a string is sent as it is, anything else as JSON. By default, an error has Atlas's body
     * for its status, in the form of the profile; other statuses have none.
     */
    readonly body?: unknown;
    /** The headers of the response. The default of Content-Type is application/json. */
    readonly headers?: Readonly<Record<string, string>>;
  };
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultError {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds with this errorCode, with Atlas's status and text, in the form of the profile. */
  readonly error: string;
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultRateLimit {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Responds 429 RATE_LIMITED like Atlas, with Retry-After, RateLimit-Limit and RateLimit-Remaining. */
  readonly rateLimit: {
    /** Retry-After, in seconds. Default: 1. */
    readonly retryAfterS?: number;
  };
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultDelayMs {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /**
   * Delays the request: milliseconds of the emulator's clock. If the rule is removed meanwhile, the
   * connection is closed and nothing is done.
   */
  readonly delayMs: number;
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultDrop {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Closes the connection: before the work, or after it is committed. */
  readonly drop: 'before' | 'after';
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export interface NewFaultTruncate {
  /** The id of the rule, unique in its scope; generated by default. */
  readonly id?: string;
  /**
   * The requests that the rule matches; all if empty. It matches the token endpoints only if it is a
   * rule of the whole server and names their operation or a path.
   */
  readonly match?: {
    /** The operationId; createToken and revokeToken are the token endpoints. */
    readonly operation?: string;
    /** The HTTP method. */
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    /** The path without the query. * is any text. */
    readonly path?: string;
    /** A public key, or a client id. */
    readonly caller?: string;
    /**
     * A part of the JSON body: of an object some members, of an array some items, anything else as it
     * is.
     */
    readonly body?: unknown;
  };
  /** How often it fires; without a limit by default. */
  readonly times?: number;
  /** The share of matching requests on which it fires: 0.5 is every second one. */
  readonly share?: number;
  /** How many matching requests it ignores first. */
  readonly skip?: number;
  /** Acts before the credentials are checked, so also on the first request of a digest. */
  readonly before?: 'credentials';
  /** The parameters of the text of the error, instead of those of its example. */
  readonly parameters?: readonly (string | number)[];
  /** Closes the connection after half of the response. */
  readonly truncate: true;
}

/** A fault to inject, with exactly one of answer, error, rateLimit, delayMs, drop and truncate. */
export type NewFault =
  NewFaultAnswer | NewFaultError | NewFaultRateLimit | NewFaultDelayMs | NewFaultDrop | NewFaultTruncate;

/** Why the request was refused; absent if it was not. */
export interface Refusal {
  /** The name of the condition, as in docs/errors.md. */
  readonly name: string;
  /** What is wrong with the request. */
  readonly rule: string;
  /** The source of the rule. */
  readonly source: string;
  /** What the emulator would accept. */
  readonly remedy: string;
}

/** A request and its response. */
export interface Request {
  /** The number of the request. Numbers increase, with gaps. */
  readonly seq: number;
  /** When the response was sent, in real time. */
  readonly at: string;
  /** The id of the project in the path. */
  readonly project?: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path and the query. */
  readonly path: string;
  /** The operationId of the API description. */
  readonly operation?: string;
  /** The public key or client id of the authenticated caller. */
  readonly caller?: string;
  /** The status of the response; 0 if none was sent. */
  readonly status: number;
  /** The step that decided the response. */
  readonly rung:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** The version of the operation. */
  readonly version?: string;
  /** The time from the arrival of the request to the end of the response, in milliseconds. */
  readonly tookMs: number;
  readonly refusal?: Refusal;
  /** The message that the client sent. */
  readonly request: {
    /** The headers, with secrets redacted. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text, with secrets redacted; absent if none was read. */
    readonly body?: string;
    /** Whether the body is incomplete: longer than 16,384 characters, or not all of it arrived. */
    readonly truncated: boolean;
  };
  /** The message that the emulator sent. */
  readonly response: {
    /** The headers, with secrets redacted. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text, with secrets redacted; absent if none was read. */
    readonly body?: string;
    /** Whether the body is incomplete: longer than 16,384 characters, or not all of it arrived. */
    readonly truncated: boolean;
  };
}

/** A refused request, without headers and bodies. */
export interface RefusedRequest {
  /** The number of the request. Numbers increase, with gaps. */
  readonly seq: number;
  /** When the response was sent, in real time. */
  readonly at: string;
  /** The id of the project in the path. */
  readonly project?: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path and the query. */
  readonly path: string;
  /** The operationId of the API description. */
  readonly operation?: string;
  /** The public key or client id of the authenticated caller. */
  readonly caller?: string;
  /** The status of the response; 0 if none was sent. */
  readonly status: number;
  /** The step that decided the response. */
  readonly rung:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  readonly refusal: Refusal;
}

/** Body: Counts the requests that match; 410 if some of them may have been evicted. */
export interface CountRequestsBody {
  /** OperationId, such as createGroup; createToken and revokeToken for the token endpoints. */
  readonly operation?: string;
  /** HTTP method. */
  readonly method?: string;
  /** Path. The query of a request is compared only if this has one. Each * matches any text. */
  readonly path?: string;
  /** Public key or client id of the caller. */
  readonly caller?: string;
  /** Status of the response; 0 if none was sent. */
  readonly status?: number;
  /** The step that decided the response. */
  readonly rung?:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** Only requests with a higher number. */
  readonly since?: number;
  /**
   * A part of the JSON body: an object matches one with more members, an array item by item, all else
   * by value. Refused requests have a body too, such as those that a client repeats with digest
   * credentials.
   */
  readonly body?: unknown;
}

/**
 * Body: Waits until a number of requests match; 408 after the timeout, or 410 if some may have been
 * evicted.
 */
export interface WaitForRequestsBody {
  /** OperationId, such as createGroup; createToken and revokeToken for the token endpoints. */
  readonly operation?: string;
  /** HTTP method. */
  readonly method?: string;
  /** Path. The query of a request is compared only if this has one. Each * matches any text. */
  readonly path?: string;
  /** Public key or client id of the caller. */
  readonly caller?: string;
  /** Status of the response; 0 if none was sent. */
  readonly status?: number;
  /** The step that decided the response. */
  readonly rung?:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** Only requests with a higher number. */
  readonly since?: number;
  /**
   * A part of the JSON body: an object matches one with more members, an array item by item, all else
   * by value. Refused requests have a body too, such as those that a client repeats with digest
   * credentials.
   */
  readonly body?: unknown;
  /** The number of requests to wait for. Default: 1. */
  readonly count?: number;
  /** The timeout, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number;
}

/** Requests as an HTTP Archive. */
export interface HttpArchive {
  /** The archive. */
  readonly log: {
    /** The version of the format. */
    readonly version: '1.2';
    /** The program that wrote the archive. */
    readonly creator: {
      /** The name. */
      readonly name: string;
      /** Its version. */
      readonly version: string;
    };
    /** The requests, oldest first. */
    readonly entries: readonly {
      /** When the request arrived. */
      readonly startedDateTime: string;
      /** The duration, in milliseconds. */
      readonly time: number;
      /** The request. */
      readonly request: {
        /** The HTTP method. */
        readonly method: string;
        /** The absolute URL. */
        readonly url: string;
        /** The version of HTTP. */
        readonly httpVersion: string;
        /** Always empty: cookies are secrets. */
        readonly cookies: readonly {
          /** The name. */
          readonly name: string;
          /** The value. */
          readonly value: string;
        }[];
        /** The headers, with secrets redacted. */
        readonly headers: readonly {
          /** The name. */
          readonly name: string;
          /** The value. */
          readonly value: string;
        }[];
        /** Always -1: unknown. */
        readonly headersSize: number;
        /** The size of the body in bytes; -1 if unknown. */
        readonly bodySize: number;
        /** The query parameters. */
        readonly queryString: readonly {
          /** The name. */
          readonly name: string;
          /** The value. */
          readonly value: string;
        }[];
        /** The body. */
        readonly postData?: {
          /** The media type. */
          readonly mimeType: string;
          /** The body, with secrets redacted. */
          readonly text: string;
          /** Present if the body is incomplete. */
          readonly comment?: string;
        };
      };
      /** The response. */
      readonly response: {
        /** The status; 0 if no response was sent. */
        readonly status: number;
        /** The reason phrase. */
        readonly statusText: string;
        /** The version of HTTP. */
        readonly httpVersion: string;
        /** Always empty: cookies are secrets. */
        readonly cookies: readonly {
          /** The name. */
          readonly name: string;
          /** The value. */
          readonly value: string;
        }[];
        /** The headers, with secrets redacted. */
        readonly headers: readonly {
          /** The name. */
          readonly name: string;
          /** The value. */
          readonly value: string;
        }[];
        /** Always -1: unknown. */
        readonly headersSize: number;
        /** The size of the body in bytes; -1 if unknown. */
        readonly bodySize: number;
        /** The body. */
        readonly content: {
          /** The size of the body in bytes. */
          readonly size: number;
          /** The media type. */
          readonly mimeType: string;
          /** The body, with secrets redacted. */
          readonly text?: string;
          /** Present if the body is incomplete. */
          readonly comment?: string;
        };
        /** Always empty. */
        readonly redirectURL: string;
      };
      /** Always empty. */
      readonly cache: Readonly<Record<string, unknown>>;
      /** The parts of the duration. */
      readonly timings: {
        /** The time to send the request, in milliseconds. */
        readonly send: number;
        /** The time to wait for the response, in milliseconds. */
        readonly wait: number;
        /** The time to receive the response, in milliseconds. */
        readonly receive: number;
      };
      /** Why the request was refused. */
      readonly comment?: string;
      /** The number of the request. */
      readonly _seq: number;
      /** The step that decided the response. */
      readonly _rung: string;
    }[];
  };
}

/** A request without headers and bodies. */
export interface RequestLine {
  /** The number of the request. Numbers increase, with gaps. */
  readonly seq: number;
  /** When the response was sent, in real time. */
  readonly at: string;
  /** The id of the project in the path. */
  readonly project?: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path and the query. */
  readonly path: string;
  /** The operationId of the API description. */
  readonly operation?: string;
  /** The public key or client id of the authenticated caller. */
  readonly caller?: string;
  /** The status of the response; 0 if none was sent. */
  readonly status: number;
  /** The step that decided the response. */
  readonly rung:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** The version of the operation. */
  readonly version?: string;
  /** The time from the arrival of the request to the end of the response, in milliseconds. */
  readonly tookMs: number;
  readonly refusal?: Refusal;
  /** The number of the 401 whose digest challenge it answers, while that is recorded. */
  readonly challenge?: number;
  /** The number of the request that issued its token, while that is recorded. */
  readonly token?: number;
  /** The id of the item that it names, or has created. */
  readonly item?: string;
  /** The fault rules that acted on it. */
  readonly faults?: readonly string[];
  /** When it arrived, in the project's time. */
  readonly projectTime?: string;
}

/** A request, its response, and what belongs to it. */
export interface RequestReport {
  /** The number of the request. Numbers increase, with gaps. */
  readonly seq: number;
  /** When the response was sent, in real time. */
  readonly at: string;
  /** The id of the project in the path. */
  readonly project?: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path and the query. */
  readonly path: string;
  /** The operationId of the API description. */
  readonly operation?: string;
  /** The public key or client id of the authenticated caller. */
  readonly caller?: string;
  /** The status of the response; 0 if none was sent. */
  readonly status: number;
  /** The step that decided the response. */
  readonly rung:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** The version of the operation. */
  readonly version?: string;
  /** The time from the arrival of the request to the end of the response, in milliseconds. */
  readonly tookMs: number;
  readonly refusal?: Refusal;
  /** The message that the client sent. */
  readonly request: {
    /** The headers, with secrets redacted. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text, with secrets redacted; absent if none was read. */
    readonly body?: string;
    /** Whether the body is incomplete: longer than 16,384 characters, or not all of it arrived. */
    readonly truncated: boolean;
  };
  /** The message that the emulator sent. */
  readonly response: {
    /** The headers, with secrets redacted. */
    readonly headers: Readonly<Record<string, string>>;
    /** The body as text, with secrets redacted; absent if none was read. */
    readonly body?: string;
    /** Whether the body is incomplete: longer than 16,384 characters, or not all of it arrived. */
    readonly truncated: boolean;
  };
  /** The number of the 401 whose digest challenge it answers, while that is recorded. */
  readonly challenge?: number;
  /** The number of the request that issued its token, while that is recorded. */
  readonly token?: number;
  /** The id of the item that it names, or has created. */
  readonly item?: string;
  /** The fault rules that acted on it. */
  readonly faults?: readonly string[];
  /** When it arrived, in the project's time. */
  readonly projectTime?: string;
  /** The rules of the contract that it broke, if it is not long ago. */
  readonly findings: readonly {
    /** The rule: a condition of docs/errors.md, or a rule of docs/rules.md. */
    readonly rule: string;
    /** How much it weighs. */
    readonly severity: 'error' | 'warning' | 'advice';
    /** The source of the rule. */
    readonly source: string;
    /** What is wrong. */
    readonly problem: string;
    /** What the client should do. */
    readonly mend: string;
  }[];
}

/** Body: Returns what clients have done wrong. Findings outlive the recorded requests. */
export interface CheckContractBody {
  /** Rules whose findings are left out. */
  readonly ignore?: readonly string[];
  /** Rules that requests break on purpose: their findings do not fail, and their lack does. */
  readonly expect?: readonly string[];
  /** The least severity that fails. Default: "error". */
  readonly failOn?: 'error' | 'warning' | 'advice';
}

/** A rule that requests have broken. */
export interface Finding {
  /** The rule: a condition of docs/errors.md, or a rule of docs/rules.md. */
  readonly rule: string;
  /** How much it weighs. */
  readonly severity: 'error' | 'warning' | 'advice';
  /** The source of the rule. */
  readonly source: string;
  /** What is wrong. */
  readonly problem: string;
  /** What the client should do. */
  readonly mend: string;
  /** The operationId. */
  readonly operation?: string;
  /** The id of the project, even if it was deleted. */
  readonly project?: string;
  /** Whether the check expects it. */
  readonly expected: boolean;
  /** The number of requests. */
  readonly count: number;
  /** The last of them, oldest first. */
  readonly requests: readonly {
    /** The number of the request. */
    readonly seq: number;
    /** When it was answered, in real time. */
    readonly at: string;
    /** The HTTP method. */
    readonly method: string;
    /** The path and the query. */
    readonly path: string;
    /** The status of the response; 0 if none was sent. */
    readonly status: number;
    /** The public key or client id of the caller. */
    readonly caller?: string;
  }[];
}

/** What clients have done wrong. */
export interface CheckReport {
  /** Whether there is no finding that fails, and each expected one is there. */
  readonly passed: boolean;
  /** The number of requests that were judged. */
  readonly judged: number;
  /** The number of findings of each severity that are not expected. */
  readonly counts: {
    /** Findings of the severity error. */
    readonly error: number;
    /** Findings of the severity warning. */
    readonly warning: number;
    /** Findings of the severity advice. */
    readonly advice: number;
  };
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Expected rules that no request has broken. */
  readonly missing: readonly string[];
  /** Findings that fail and were dropped: there were too many. */
  readonly dropped: number;
}

/** Something that is emulated. */
export interface CoverageItem {
  /** What it is. */
  readonly name: string;
  /** Whether a request has exercised it. */
  readonly covered: boolean;
}

/** What was exercised of an operation. */
export interface OperationCoverage {
  /** The operationId. */
  readonly id: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path. */
  readonly path: string;
  /** The group of operations. */
  readonly tag: string;
  /** The number of requests. */
  readonly requests: number;
  /** Versions of the API. */
  readonly versions: readonly CoverageItem[];
  /** Statuses of responses. */
  readonly statuses: readonly CoverageItem[];
  /** Error codes, with the condition. */
  readonly errors: readonly CoverageItem[];
  /** Fields of bodies and, after a question mark, query parameters. */
  readonly fields: readonly CoverageItem[];
  /** Values of enumerations. */
  readonly values: readonly CoverageItem[];
  /** States in responses. */
  readonly states: readonly CoverageItem[];
}

/** What requests have exercised of what is emulated. */
export interface CoverageReport {
  /** Shares of all operations together. */
  readonly shares: {
    /** A share of what is emulated. */
    readonly all: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly operations: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly versions: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly statuses: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly errors: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly fields: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly values: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
    /** A share of what is emulated. */
    readonly states: {
      /** How many were exercised. */
      readonly covered: number;
      /** How many are emulated. */
      readonly total: number;
      /** The share, from 0 to 100. */
      readonly percent: number;
    };
  };
  /** All operations that are emulated. */
  readonly operations: readonly OperationCoverage[];
}

/**
 * Body: Sets a provider state of Pact up, or tears it down: see docs/contract.md. Returns values for
 * the contract.
 */
export interface ChangeProviderStateBody {
  /** The provider state, such as `a private link that is DONE`. */
  readonly state: string;
  /** What to do. Default: "setup". */
  readonly action?: 'setup' | 'teardown';
  /** Its parameters. */
  readonly params?: Readonly<Record<string, unknown>> | null;
}

/**
 * Query: Returns 200 once the emulator is ready, 503 with the reason while it cannot use its
 * database.
 */
export interface GetHealthQuery {
  /** Present, with any value: returns 200 as long as the process runs, whatever the database does. */
  readonly alive?: string;
}

/**
 * Query: Lists the last private links of a project, oldest first, each with its state, history and
 * what is ahead.
 */
export interface ListPrivateLinkStatesQuery {
  /** The maximum number of private links. Default: 1000. */
  readonly limit?: number;
  /** The _id of a private link: the others are left out. */
  readonly id?: string;
}

/** Query: Lists the last requests that match, oldest first. */
export interface ListRequestsQuery {
  /** OperationId, such as createGroup; createToken and revokeToken for the token endpoints. */
  readonly operation?: string;
  /** HTTP method. */
  readonly method?: string;
  /** Path. The query of a request is compared only if this has one. Each * matches any text. */
  readonly path?: string;
  /** Public key or client id of the caller. */
  readonly caller?: string;
  /** Status of the response; 0 if none was sent. */
  readonly status?: number;
  /** The step that decided the response. */
  readonly rung?:
    | 'route'
    | 'scripted answer'
    | 'credentials'
    | 'faults'
    | 'media type'
    | 'query'
    | 'project'
    | 'body'
    | 'fields'
    | 'state'
    | 'answer';
  /** Only requests with a higher number. */
  readonly since?: number;
  /** The maximum number of requests. Default: 100. */
  readonly limit?: number;
}

/**
 * Query: Lists the last refused requests, newest first, with the reason of each and what would pass.
 */
export interface ListRefusedRequestsQuery {
  /** The maximum number of requests. Default: 20. */
  readonly limit?: number;
  /** Whether digest challenges that the client then answered are listed too. Default: false. */
  readonly all?: boolean;
}

/** Query: Lists the last requests without headers and bodies, oldest first. */
export interface ListRequestLinesQuery {
  /** Only requests with a higher number. */
  readonly since?: number;
  /** Only requests with a lower number. */
  readonly before?: number;
  /** The maximum number of requests. Default: 100. */
  readonly limit?: number;
}

/**
 * Query: Streams events as server-sent events: id is the number, event the type, data the event as
 * JSON, without headers and bodies. Resumes after Last-Event-ID; begins with an event named lost if
 * some were evicted.
 */
export interface StreamEventsQuery {
  /** Begin after the event of this number, by default with the next. Last-Event-ID takes precedence. */
  readonly since?: number;
  /**
   * Sends events in batches, one in this many milliseconds at the most, the first after a tenth of a
   * second; by default each event at once. Of the requests in a batch only the last is sent: GET
   * /requests/lines has all. Of a batch of more than 1,000, the first may be lost.
   */
  readonly everyMs?: number;
}

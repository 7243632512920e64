/** What a client needs to call the emulator: as far as it uses it. */
export interface Access {
  readonly url: string;
  /** Over https; undefined where it is not served. */
  readonly httpsUrl: string | undefined;
  readonly projectId: string;
  readonly organizationId: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Clients that have names for their settings, each with what it is. All but the last take an http address (run). */
export const CLIENTS = {
  curl: 'curl, as the source page uses it',
  terraform: 'the Terraform provider mongodb/mongodbatlas',
  'atlas-cli': 'the Atlas CLI',
  'go-sdk': 'programs with go.mongodb.org/atlas-sdk',
  mcp: 'the MongoDB MCP server, over https where the emulator serves it (--tls): it takes no http address',
} as const;

export type ClientName = keyof typeof CLIENTS;

/** The variables by which a client finds the emulator and its credentials (each run with the client). */
export function environmentFor(client: ClientName, access: Access): Readonly<Record<string, string>> {
  const account = {
    MONGODB_ATLAS_CLIENT_ID: access.clientId,
    MONGODB_ATLAS_CLIENT_SECRET: access.clientSecret,
  };
  switch (client) {
    case 'curl':
      return {
        BASE_URL: access.url,
        GROUP_ID: access.projectId,
        PUBLIC_KEY: access.publicKey,
        PRIVATE_KEY: access.privateKey,
        ...account,
      };
    case 'terraform':
      return { MONGODB_ATLAS_BASE_URL: access.url, ...account };
    case 'atlas-cli':
      return {
        // The slash at the end is needed (run).
        MONGODB_ATLAS_OPS_MANAGER_URL: `${access.url}/`,
        MONGODB_ATLAS_PUBLIC_API_KEY: access.publicKey,
        MONGODB_ATLAS_PRIVATE_API_KEY: access.privateKey,
        MONGODB_ATLAS_PROJECT_ID: access.projectId,
        MONGODB_ATLAS_ORG_ID: access.organizationId,
        MONGODB_ATLAS_SKIP_UPDATE_CHECK: 'yes',
        DO_NOT_TRACK: '1',
      };
    case 'go-sdk':
      return {
        MONGODB_ATLAS_BASE_URL: access.url,
        MONGODB_ATLAS_PROJECT_ID: access.projectId,
        MONGODB_ATLAS_PUBLIC_KEY: access.publicKey,
        MONGODB_ATLAS_PRIVATE_KEY: access.privateKey,
        ...account,
      };
    case 'mcp':
      return {
        // Without https it is to say so itself; without an address it would call Atlas.
        MDB_MCP_API_BASE_URL: access.httpsUrl ?? access.url,
        MDB_MCP_API_CLIENT_ID: access.clientId,
        MDB_MCP_API_CLIENT_SECRET: access.clientSecret,
        MDB_MCP_TELEMETRY: 'disabled',
      };
  }
}

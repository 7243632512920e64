import type { Project } from '../http/gatekeeper.js';

/** Clients that have names for their settings. All but the last accept an http address (run). */
export const CLIENTS = {
  curl: 'curl, as the source page uses it',
  terraform: 'the Terraform provider mongodb/mongodbatlas',
  'atlas-cli': 'the Atlas CLI',
  'go-sdk': 'programs with go.mongodb.org/atlas-sdk',
  mcp: 'the MongoDB MCP server, over https where the emulator serves it (--tls): it takes no http address',
} as const;

/** An API key and a service account of one role, as far as there are any. */
export interface CallerSecrets {
  apiKey?: { publicKey: string; privateKey: string };
  serviceAccount?: { clientId: string; clientSecret: string };
}

/**
 * The variables by which each client finds the emulator and its credentials (each run with the client). Variables of
 * credentials that there are not are undefined.
 *
 * @param httpsUrl where https is served, if it is
 */
export function environmentOf(
  url: string,
  httpsUrl: string | undefined,
  project: Project,
  { apiKey, serviceAccount }: CallerSecrets,
): Readonly<Record<keyof typeof CLIENTS, object>> {
  const account = {
    MONGODB_ATLAS_CLIENT_ID: serviceAccount?.clientId,
    MONGODB_ATLAS_CLIENT_SECRET: serviceAccount?.clientSecret,
  };
  return {
    curl: {
      BASE_URL: url,
      GROUP_ID: project.id,
      PUBLIC_KEY: apiKey?.publicKey,
      PRIVATE_KEY: apiKey?.privateKey,
      ...account,
    },
    terraform: { MONGODB_ATLAS_BASE_URL: url, ...account },
    'atlas-cli': {
      // The trailing slash is required (run).
      MONGODB_ATLAS_OPS_MANAGER_URL: `${url}/`,
      MONGODB_ATLAS_PUBLIC_API_KEY: apiKey?.publicKey,
      MONGODB_ATLAS_PRIVATE_API_KEY: apiKey?.privateKey,
      MONGODB_ATLAS_PROJECT_ID: project.id,
      MONGODB_ATLAS_ORG_ID: project.organizationId,
      MONGODB_ATLAS_SKIP_UPDATE_CHECK: 'yes',
      DO_NOT_TRACK: '1',
    },
    'go-sdk': {
      MONGODB_ATLAS_BASE_URL: url,
      MONGODB_ATLAS_PROJECT_ID: project.id,
      MONGODB_ATLAS_PUBLIC_KEY: apiKey?.publicKey,
      MONGODB_ATLAS_PRIVATE_KEY: apiKey?.privateKey,
      ...account,
    },
    mcp: {
      // Without https the client reports the problem itself; without an address it would call Atlas.
      MDB_MCP_API_BASE_URL: httpsUrl ?? url,
      MDB_MCP_API_CLIENT_ID: serviceAccount?.clientId,
      MDB_MCP_API_CLIENT_SECRET: serviceAccount?.clientSecret,
      MDB_MCP_TELEMETRY: 'disabled',
    },
  };
}

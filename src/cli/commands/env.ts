import type { ClientName, ProfileName } from '../../client/index.js';
import { Exit, STATUS, UsageError } from '../../exit.js';
import type { Command } from './command.js';

/** The profile that each client is at home in: real ones know the states and errors that were recorded. */
const CLIENT_PROFILE: Readonly<Record<ClientName, ProfileName>> = {
  curl: 'documented',
  terraform: 'observed',
  'atlas-cli': 'observed',
  'go-sdk': 'observed',
  mcp: 'observed',
};

const NAMES = Object.keys(CLIENT_PROFILE).join(', ');

/** Prints the variables by which a client finds the emulator, as lines for a shell. */
export const env: Command = {
  arguments: '<client>',
  summary: `Prints lines for eval: the variables of a client (${NAMES}).`,
  details: [
    'They are those of the owner of the project of the fixture whose profile fits the client: documented for',
    'curl, observed for the others; or of --profile, or of --project, by its id.',
    'All of them take the address of --url, but mcp: its server wants https, which the emulator serves with --tls.',
  ],
  options: ['project', 'profile'],
  async run({ positionals, options, connect }) {
    const [name = '', ...others] = positionals;
    if (!isClient(name) || others.length > 0) {
      throw new UsageError(
        `env takes one client: ${NAMES}; and not ${JSON.stringify(positionals.join(' '))}`,
      );
    }
    const { project: id, profile = CLIENT_PROFILE[name] } = options;
    if (profile !== 'documented' && profile !== 'observed') {
      throw new UsageError(
        `env: --profile must be documented or observed, and is ${JSON.stringify(profile)}`,
      );
    }
    const emulator = await connect();
    const project = id === undefined ? await emulator.seededProject(profile) : await emulator.projectById(id);
    if (!Object.hasOwn(project.credentials, 'owner')) {
      throw new Exit(STATUS.failed, `env: project ${project.id} has no credentials of an owner to print`);
    }
    const variables = project.environment[name];
    const lines = Object.entries(variables).map(
      ([variable, value]) => `export ${variable}=${quoted(value)}\n`,
    );
    const note = name === 'mcp' ? await noteOnHttps(emulator.url, variables.MDB_MCP_API_BASE_URL) : undefined;
    return {
      stdout: lines.join(''),
      ...(note !== undefined && { stderr: `atlas-streams-emulator: ${note}\n` }),
    };
  },
};

/** What the MCP server needs beside its variables: an https address (run), and trust in who has signed for it. */
async function noteOnHttps(url: string, address = ''): Promise<string | undefined> {
  if (address.startsWith('http:')) {
    return 'the MCP server takes https addresses only, and this emulator serves none: start it with --tls';
  }
  const authority = `${url}/_emulator/ca.pem`;
  const { ok } = await fetch(authority);
  if (!ok) return undefined;
  return `the MCP server must trust ${authority}: save it, and name the file in SSL_CERT_FILE and NODE_EXTRA_CA_CERTS`;
}

function isClient(name: string): name is ClientName {
  return Object.hasOwn(CLIENT_PROFILE, name);
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

import type { ClientName, ProfileName } from '../../client/index.js';
import { Exit, STATUS, UsageError } from '../../exit.js';
import { readFixture } from '../../version.js';
import type { Command } from './command.js';

/** The clients, each with its default profile: real clients expect the recorded states and errors. */
const CLIENTS = readFixture('environment.json') as Record<ClientName, { readonly profile: ProfileName }>;

/** Prints the variables that a client needs to call the emulator, as lines for a shell. */
export const env: Command = {
  allowPositionals: true,
  options: { project: 'string', profile: 'string', shell: 'string' },
  async run({ positionals, options, connect }) {
    const [name = '', ...others] = positionals;
    if (!isClient(name) || others.length > 0) {
      const names = Object.keys(CLIENTS).join(', ');
      const sent = JSON.stringify(positionals.join(' '));
      throw new UsageError(`env takes one client: ${names}; and not ${sent}`);
    }
    const { project: id, profile = CLIENTS[name].profile, shell = 'posix' } = options;
    if (profile !== 'documented' && profile !== 'observed') {
      const sent = JSON.stringify(profile);
      throw new UsageError(`env: --profile must be documented or observed, and is ${sent}`);
    }
    const line = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (!line) {
      const shells = Object.keys(SHELLS).join(', ');
      throw new UsageError(`env: --shell must be one of ${shells}, and is ${JSON.stringify(shell)}`);
    }
    const emulator = await connect();
    const project = await (id === undefined ? emulator.seededProject(profile) : emulator.projectById(id));
    if (!Object.hasOwn(project.credentials, 'owner')) {
      throw new Exit(STATUS.failed, `env: project ${project.id} has no credentials of an owner to print`);
    }
    const variables = project.environment[name];
    if (name === 'mcp') await noteOnHttps(emulator.url, variables.MDB_MCP_API_BASE_URL);
    return Object.entries(variables)
      .map(([variable, value]) => `${line(variable, value)}\n`)
      .join('');
  },
};

/** Writes to standard error what else the MCP server needs: HTTPS (run), and trust in the emulator's authority. */
async function noteOnHttps(url: string, address = ''): Promise<void> {
  const authority = `${url}/_emulator/ca.pem`;
  const isPlain = address.startsWith('http:');
  if (!isPlain && !(await fetch(authority)).ok) return;
  const note = isPlain
    ? 'requires HTTPS, which this emulator does not serve: start it with --tls'
    : `must trust ${authority}: save it, and name the file in SSL_CERT_FILE and NODE_EXTRA_CA_CERTS`;
  process.stderr.write(`atlas-streams-emulator: the MCP server ${note}\n`);
}

function isClient(name: string): name is ClientName {
  return Object.hasOwn(CLIENTS, name);
}

/** The line that sets a variable, for each shell. */
export const SHELLS: Readonly<Record<string, (name: string, value: string) => string>> = {
  posix: (name, value) => `export ${name}=${quoted(value)}`,
  fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, String.raw`\$&`)}'`,
  // Typographic quotes end a string too.
  powershell: (name, value) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`,
  cmd(name, value) {
    if (/["%!\r\n]/.test(value)) throw new UsageError(`env: cmd cannot set ${name}, which has one of " % !`);
    return `set "${name}=${value}"`;
  },
};

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

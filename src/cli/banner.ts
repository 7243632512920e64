import type { Config } from '../config.js';
import { callersOf } from '../control/index.js';
import type { StoredProject } from '../identity/index.js';
import type { Listening } from '../listener.js';
import { VERSION } from '../version.js';

/** Where the command prints. */
interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How many projects the start-up message shows at the most. */
const SHOWN_PROJECTS = 4;

const PROFILES = {
  documented: "documented: as the API's documentation page says; links are PENDING, then DONE",
  observed: 'observed: as recorded from Atlas; for Terraform and other real clients',
} as const;

/**
 * Prints that the emulator listens. On a terminal, the banner with credentials to paste, and later a line for each request.
 * Elsewhere, a line of JSON for scripts, and the banner without secrets on standard error.
 */
export function announce(
  emulator: Listening,
  config: Config,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output } = process,
): void {
  if (!stdout.isTTY) {
    stdout.write(readyLine(emulator, config));
    if (!config.quiet) stderr.write(banner(emulator, config, false));
    return;
  }
  stdout.write(banner(emulator, config));
  if (config.quiet) return;
  emulator.events.subscribe(({ type, data }) => {
    if (type !== 'request.finished' || data.control) return;
    // All of it is visible ASCII: Node accepts nothing else in the target of a request.
    const parts = [data.method, data.path, data.status || 'no response', data.reason];
    stdout.write(`${parts.join(' ').trimEnd()}\n`);
  });
}

/** One line of JSON for a script that starts the emulator. Its only secret is a generated control token. */
function readyLine(emulator: Listening, config: Config): string {
  const { url, tlsUrl, tls, controlToken, identity } = emulator;
  const projects = identity.projects.all(SHOWN_PROJECTS).map((project) => {
    const callers = Object.entries(callersOf(identity, project)).map(([role, { apiKey, serviceAccount }]) => [
      role,
      { publicKey: apiKey?.publicKey, clientId: serviceAccount?.clientId },
    ]);
    return { id: project.id, profile: project.profile, callers: Object.fromEntries(callers) as object };
  });
  const https = tls && { tlsUrl, ca: tls.ca, caFile: tls.caFile };
  const generated = controlToken === config.controlToken ? {} : { controlToken };
  const controlUrl = `${url}/_emulator`;
  const ready = { url, controlUrl, pid: process.pid, db: config.db, projects, ...https, ...generated };
  return `${JSON.stringify(ready)}\n`;
}

/** The address, the projects, and for each the lines that set the variables of curl, or the command that prints them. */
function banner(emulator: Listening, config: Config, withSecrets = true): string {
  const { url, controlToken, identity, restored } = emulator;
  const persisted = `${config.db}${restored ? ', as it was left (a fixture is loaded into a new file only)' : ''}`;
  const token = withSecrets
    ? `Authorization: Bearer ${controlToken} (--control-token sets another)`
    : 'export the controlToken of standard output as ATLAS_EMULATOR_CONTROL_TOKEN';
  const lines = identity.projects.all(SHOWN_PROJECTS).flatMap((project) => {
    const command = `  eval "$(npx atlas-streams-emulator env curl --url ${url} --project ${project.id})"`;
    const commands = config.noControl ? [] : [command];
    const variables = withSecrets ? variableLines(emulator, project) : commands;
    return ['', `Project ${project.id} (${PROFILES[project.profile]})`, ...variables];
  });
  return [
    `atlas-streams-emulator ${VERSION} listens on ${url}`,
    `Database: ${config.db === ':memory:' ? 'in memory (--db <file> persists it)' : persisted}`,
    ...(config.noControl ? [] : [`Inspector: ${url}/_emulator/ (open it in a browser)`]),
    ...(controlToken === config.controlToken ? [] : [`Control API: ${token}`]),
    ...tlsLines(emulator),
    ...lines,
    '',
    "Then the commands of the README and of the API's documentation page work. Stop with Ctrl-C.",
    '',
  ].join('\n');
}

/** Where https is, and the authority: its file, or itself where it is in no file. */
function tlsLines({ url, tlsUrl, tls }: Listening): string[] {
  if (!tls || tlsUrl === undefined) return [];
  if (tls.ca === undefined) return [`Https: ${tlsUrl}, with the certificate of --tls-cert`];
  const fetched = `curl -so ca.pem ${url}/_emulator/ca.pem`;
  const file = tls.caFile ?? 'ca.pem';
  return [
    `Https: ${tlsUrl}, with an authority of its own (${tls.caFile ?? fetched}):`,
    `  export SSL_CERT_FILE=${file} NODE_EXTRA_CA_CERTS=${file}`,
    ...(tls.caFile === undefined ? tls.ca.trimEnd().split('\n') : []),
  ];
}

/** Lines that set the variables of a caller who may create links. */
function variableLines({ url, identity }: Listening, project: StoredProject): string[] {
  const { owner, streams } = callersOf(identity, project);
  const { apiKey, serviceAccount: account } = { ...streams, ...owner };
  const lines = [`BASE_URL=${url} GROUP_ID=${project.id}`];
  if (apiKey) lines.push(`PUBLIC_KEY=${apiKey.publicKey} PRIVATE_KEY=${apiKey.privateKey}`);
  if (account) {
    lines.push(
      `MONGODB_ATLAS_CLIENT_ID=${account.clientId} MONGODB_ATLAS_CLIENT_SECRET=${account.clientSecret}`,
      `ACCESS_TOKEN=$(curl -s -u "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" -d grant_type=client_credentials ${url}/api/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    );
  }
  return lines.map((line) => `  export ${line}`);
}

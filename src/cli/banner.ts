import type { Config } from '../config.js';
import { permits, type Credential, type StoredProject } from '../identity/index.js';
import type { Listening } from '../listener.js';

/** How many projects the start-up message shows at the most. */
const SHOWN_PROJECTS = 4;

/** One line of JSON for whoever started the emulator from a script. */
export function readyLine(emulator: Listening, config: Config, pid: number): string {
  const { url, tlsUrl, tls, controlToken } = emulator;
  // A token that was given is known; one that was made is told here alone.
  const made = controlToken === config.controlToken ? {} : { controlToken };
  const https = tls && { tlsUrl, ca: tls.ca, caFile: tls.caFile };
  const ready = { url, controlUrl: `${url}/_emulator`, pid, db: config.db, ...https, ...made };
  return `${JSON.stringify(ready)}\n`;
}

/** What a person reads at a start: the address, the projects, and lines to paste for the source page's commands. */
export function banner(emulator: Listening, config: Config, version: string): string {
  const projects = emulator.identity.projects.all(SHOWN_PROJECTS);
  return [
    `atlas-streams-emulator ${version} listens on ${emulator.url}`,
    config.db === ':memory:'
      ? 'Database: in memory (--db <file> persists it)'
      : `Database: ${config.db}${emulator.restored ? ', as it was left (a fixture is loaded into a new file only)' : ''}`,
    ...(emulator.controlToken === config.controlToken
      ? []
      : [`Control API: Authorization: Bearer ${emulator.controlToken ?? ''} (--control-token sets another)`]),
    ...tlsLines(emulator),
    ...projects.flatMap((project) => ['', ...projectLines(emulator, project)]),
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

function projectLines(emulator: Listening, project: StoredProject): string[] {
  const writers = emulator.identity.credentials
    .ofOrganization(project.organizationId)
    .filter(({ caller }) => permits(caller, 'writeStreams', project));
  const first = (kind: Credential['caller']['kind']): Credential | undefined =>
    writers.find(({ caller }) => caller.kind === kind);
  const key = first('API key');
  const account = first('service account');
  const profile = {
    documented: "documented: as the API's documentation page says; links are PENDING, then DONE",
    observed: 'observed: as recorded from Atlas; for Terraform and other real clients',
  }[project.profile];
  return [
    `Project ${project.id} (${profile})`,
    `  export BASE_URL=${emulator.url} GROUP_ID=${project.id}`,
    ...(key ? [`  export PUBLIC_KEY=${key.caller.id} PRIVATE_KEY=${key.secret}`] : []),
    ...(account
      ? [
          `  export MONGODB_ATLAS_CLIENT_ID=${account.caller.id} MONGODB_ATLAS_CLIENT_SECRET=${account.secret}`,
          `  export ACCESS_TOKEN=$(curl -s -u "$MONGODB_ATLAS_CLIENT_ID:$MONGODB_ATLAS_CLIENT_SECRET" -d grant_type=client_credentials ${emulator.url}/api/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
        ]
      : []),
  ];
}

import { useEffect, useState } from 'preact/hooks';
import type { Project, ProjectAccess } from '../../client/types.generated.js';
import { call, scopeOf } from '../state/api.js';
import { loadProjects, projects } from '../state/projects.js';
import { goTo, hrefOf, selectedProject } from '../state/route.js';
import { CopyButton } from '../ui/copy-button.js';
import { useProblem } from '../ui/use-problem.js';

/** What the environment of each client is for; those of a later version by their name. */
const CLIENTS: Readonly<Record<string, string>> = {
  curl: 'curl',
  terraform: 'Terraform',
  'atlas-cli': 'Atlas CLI',
  'go-sdk': 'Go SDK',
  mcp: 'MCP server',
};

/** The roles of the callers that the emulator creates; a fixture can have others. */
const ROLES: Readonly<Record<string, string>> = {
  owner: 'Project Owner',
  streams: 'Project Stream Processing Owner',
  reader: 'Project Read Only',
  outsider: 'no role in the project',
};

/** What each profile is for. */
const PROFILES = {
  documented:
    "Behaves as the API's documentation page says: links are PENDING, then DONE. Terraform fails on PENDING.",
  observed: 'Behaves as recorded from Atlas. For Terraform and other real clients.',
} as const;

/** The projects, their credentials, and for each client the lines to paste. */
export function ProjectsView() {
  const [profile, setProfile] = useState<Project['profile']>('documented');
  const { attempt, problem } = useProblem('notice bad');
  useEffect(() => void loadProjects().catch(() => undefined), []);
  const add = async (): Promise<void> => {
    const { id } = await call<{ id: string }>('POST', 'projects', { profile });
    await loadProjects();
    goTo({ view: 'projects', project: id });
  };
  const id = selectedProject.value;
  const shown = projects.value.filter((one) => id === '' || one.id === id);
  return (
    <div class="page">
      <div class="view-head">
        <h1>Projects and credentials</h1>
        <form
          class="inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            void attempt(add());
          }}
        >
          <span class="buttons joined">
            <select
              aria-label="Profile of the new project"
              value={profile}
              onChange={({ currentTarget }) => setProfile(currentTarget.value as Project['profile'])}
            >
              {Object.keys(PROFILES).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
            <button type="submit">New project</button>
          </span>
        </form>
      </div>
      {problem}
      {shown.length === 0 && <p class="nothing">There is no project. Create one, or load a fixture.</p>}
      {shown.map((project) => (
        <ProjectCard project={project} key={project.id} />
      ))}
    </div>
  );
}

/** A project, and what a client needs to use it. */
function ProjectCard({ project }: { readonly project: Project }) {
  const { id, name, profile, organizationId } = project;
  const [access, setAccess] = useState<ProjectAccess>();
  const [client, setClient] = useState(profile === 'observed' ? 'terraform' : 'curl');
  const { attempt, problem } = useProblem();
  useEffect(() => {
    void attempt(call<ProjectAccess>('GET', `${scopeOf(id)}access`).then(setAccess));
  }, [id]);
  const environments = Object.entries(access?.environment ?? {});
  const variables = Object.entries((environments.find(([one]) => one === client)?.[1] ?? {}) as object);
  const lines = variables
    .map(([variable, value]) => `export ${variable}=${quoted(String(value))}`)
    .join('\n');
  return (
    <section class="card project-card" aria-labelledby={`project-${id}`}>
      <h2 id={`project-${id}`}>
        {name} {name !== profile && <span class="badge">{profile}</span>}
      </h2>
      <p class="muted">{PROFILES[profile]}</p>
      <dl class="facts">
        <dt>groupId</dt>
        <dd class="mono">
          {id} <CopyButton label="Copy" text={id} />
        </dd>
        <dt>Organization</dt>
        <dd class="mono">{organizationId}</dd>
        <dt>States move</dt>
        <dd>
          {typeof project.movement === 'string'
            ? byText(project.movement)
            : `after ${project.movement.reads} reads`}
        </dd>
      </dl>
      <p>
        <a href={hrefOf({ view: 'requests', project: id })}>Its requests</a> ·{' '}
        <a href={hrefOf({ view: 'timeline', project: id })}>its timeline</a>
      </p>
      {problem}
      {environments.length > 0 && (
        <>
          <h3>Lines to paste, with the owner's credentials</h3>
          <div class="tabs" role="group" aria-label="Client">
            {environments.map(([one]) => (
              <button type="button" key={one} aria-pressed={one === client} onClick={() => setClient(one)}>
                {CLIENTS[one] ?? one}
              </button>
            ))}
          </div>
          <div class="snippet">
            <CopyButton label="Copy" text={lines} />
            <pre tabIndex={0} aria-label={`Variables for ${CLIENTS[client] ?? client}`}>
              <code>{lines}</code>
            </pre>
          </div>
        </>
      )}
      {access && <CredentialsTable access={access} />}
    </section>
  );
}

/** The callers of a project with their secrets, which anybody who may open the page can read. */
function CredentialsTable({ access }: { readonly access: ProjectAccess }) {
  const rows = Object.entries(access.credentials);
  if (rows.length === 0) return <p class="muted">It has no credentials.</p>;
  return (
    <details>
      <summary>{`Credentials of ${rows.length} roles`}</summary>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Credentials">
        <table>
          <thead>
            <tr>
              <th scope="col">Caller</th>
              <th scope="col">Role</th>
              <th scope="col">API key</th>
              <th scope="col">Service account</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([role, { apiKey, serviceAccount }]) => (
              <tr key={role}>
                <th scope="row">{role}</th>
                <td>{ROLES[role] ?? '–'}</td>
                <td class="mono">{apiKey ? `${apiKey.publicKey} : ${apiKey.privateKey}` : '–'}</td>
                <td class="mono">
                  {serviceAccount ? `${serviceAccount.clientId} : ${serviceAccount.clientSecret}` : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const byText = (movement: string): string => (movement === 'time' ? 'by time' : movement);

/** A text as one word of a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

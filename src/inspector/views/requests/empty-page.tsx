import { useEffect, useState } from 'preact/hooks';
import type { ProjectAccess } from '../../../client/types.generated.js';
import { call, EMULATOR_URL, messageOf, scopeOf } from '../../state/api.js';
import { projects } from '../../state/projects.js';
import { hrefOf, selectedProject } from '../../state/route.js';
import { CopyButton } from '../../ui/copy-button.js';

/** What the first request is, and what will be seen of it. */
export function EmptyPage() {
  const project = selectedProject.value || (projects.value[0]?.id ?? '');
  const [access, setAccess] = useState<ProjectAccess>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (project === '') return;
    call<ProjectAccess>('GET', `${scopeOf(project)}access`).then(setAccess, (error: unknown) =>
      setProblem(messageOf(error)),
    );
  }, [project]);
  // Nobody should copy a command before its credentials are there.
  const isKnown = access !== undefined || problem !== '' || project === '';
  const key = access?.credentials.owner?.apiKey;
  const lines = firstRequest(project, key?.publicKey ?? 'PUBLIC_KEY', key?.privateKey ?? 'PRIVATE_KEY');
  return (
    <div class="empty-page">
      <h1>Waiting for the first request</h1>
      <p class="lead">
        The emulator listens at <code>{EMULATOR_URL}</code>. Each request of your client appears here as it is
        answered, with the reason if it is refused. To see one now, paste this into a shell:
      </p>
      {problem !== '' && <p class="notice bad">{problem}</p>}
      {isKnown && (
        <div class="snippet">
          <CopyButton label="Copy" text={lines} />
          <pre tabIndex={0} aria-label="Command that creates a private link">
            <code>{lines}</code>
          </pre>
        </div>
      )}
      <h2>What will happen</h2>
      <ol class="what-happens">
        <li>
          <b>curl asks without credentials</b> and gets 401 with a challenge, then answers it. Both show as
          one request, marked <span class="badge">digest</span>
        </li>
        <li>
          <b>The emulator creates a private link.</b>{' '}
          {access?.profile === 'observed'
            ? 'In this project it is DONE at once.'
            : 'It is PENDING, and DONE after two seconds.'}{' '}
          The <a href={hrefOf({ view: 'timeline' })}>timeline</a> has a lane for it.
        </li>
        <li>
          <b>Paste it again</b> and it is refused, because the link exists. Open the request to see which rule
          refused it, where the rule comes from, and what would pass.
        </li>
      </ol>
      <p>
        For Terraform, the Atlas CLI and other clients, <a href={hrefOf({ view: 'projects' })}>Projects</a>{' '}
        has the lines to paste.
      </p>
    </div>
  );
}

/** A command that creates a link, as on the documentation page. */
function firstRequest(project: string, publicKey: string, privateKey: string): string {
  const body = {
    provider: 'AWS',
    vendor: 'S3',
    region: 'us-east-1',
    serviceEndpointId: 'com.amazonaws.us-east-1.s3',
  };
  return [
    `curl --digest --user '${publicKey}:${privateKey}'`,
    "--header 'Accept: application/vnd.atlas.2024-05-30+json'",
    "--header 'Content-Type: application/json'",
    `--data '${JSON.stringify(body)}'`,
    `${EMULATOR_URL}/api/atlas/v2/groups/${project}/streams/privateLinkConnections`,
  ].join(' \\\n  ');
}

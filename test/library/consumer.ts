// A program that uses the package's types; `.ci/package` compiles it against the packed package.
import {
  connectEmulator,
  EmulatorError,
  startEmulator,
  type AtlasFetch,
  type Caller,
  type ClockReading,
  type Emulator,
  type EmulatorEvent,
  type Fault,
  type LinkReport,
  type LocalEmulator,
  type NewFault,
  type Project,
  type RecordedRequest,
  type RefusedRequest,
  type Settings,
} from 'atlas-streams-emulator';

const settings: Settings = { pendingMs: 0, logLevel: 'silent' };

export async function use(emulator: Emulator): Promise<void> {
  await using project: Project = await emulator.project({ profile: 'observed', durations: { idleMs: 10 } });
  const fetch: AtlasFetch = project.fetch;
  const response: Response = await fetch('/streams/privateLinkConnections', { method: 'POST', json: {} });
  const reader: Caller = project.as('reader');
  const key: string = reader.credentials.apiKey.publicKey;
  const reading: ClockReading = await project.clock.advance('1h');
  const lost: NewFault = {
    drop: 'after',
    times: 1,
    match: { operation: 'createGroupStreamPrivateLinkConnection' },
  };
  const fault: Fault = await project.faults.add(lost);
  const [request]: readonly RecordedRequest[] = await project.requests.wait({ method: 'POST', count: 1 });
  const refused: readonly RefusedRequest[] = await project.requests.refused({ limit: 1 });
  const report: LinkReport = await project.links.force('id', 'FAILED', 'why');
  await project.rules.add({ fail: 'why', match: { vendor: 'MSK' } });
  await project.snapshot('one');
  await project.restore('one');
  await project.change({ movement: { reads: 3 } });
  for await (const event of emulator.events({ project: project.id })) {
    const { type }: EmulatorEvent = event;
    if (type === 'link.changed') break;
  }
  console.log(
    response.status,
    key,
    reading.now,
    fault.fired,
    request?.request.body,
    refused[0]?.refusal.remedy,
  );
  console.log(report.history[0]?.why, project.environment['atlas-cli'].MONGODB_ATLAS_PROJECT_ID);

  // @ts-expect-error: a fault does exactly one thing, and this does none
  await project.faults.add({ times: 1 });
  // @ts-expect-error: no such role
  project.as('root');
  // @ts-expect-error: no such state
  await project.links.force('id', 'BROKEN');
}

const local: LocalEmulator = await startEmulator(settings);
const token: string | undefined = local.controlToken;
await using remote: Emulator = await connectEmulator(local.url, token).catch((error: unknown) => {
  if (error instanceof EmulatorError) console.error(error.status, error.detail);
  throw error;
});
await use(remote);

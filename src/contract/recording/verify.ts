import { readFixture } from '../../version.js';
import { startEmulator, type Project } from '../../index.js';
import type { ProfileName } from '../../profiles/index.js';
import { requestOf, send } from './calls.js';
import { Caller, jsonOf, NoResponse } from './caller.js';
import { compareAnswers } from './compare.js';
import { Names } from './names.js';
import type { Answer, Recording, Step } from './recording.js';

/** How the emulator differs from a recording. */
export interface Finding {
  /** What differs: `status: …`, `header server: …`, `body region: …`. */
  readonly difference: string;
  /** The names of the calls. */
  readonly calls: string[];
  /** The conditions of docs/errors.md whose inferred answer these calls settle. */
  readonly settles: string[];
  /** Names in docs/deviations.md, if the difference is known. */
  readonly known: string[];
}

/** Known differences by name, each the beginning of a difference. */
const { answers: KNOWN } = readFixture('contract/deviations.json') as {
  readonly answers: Readonly<Record<string, readonly string[]>>;
};

/** Replays a recording on an emulator of this process, and returns what differs. */
export async function verify({ steps }: Recording, profile: ProfileName): Promise<Finding[]> {
  const emulator = await startEmulator({});
  try {
    // Links wait for the state that the recording has next.
    const project = await emulator.project({ profile, movement: 'by hand' });
    const replay = new Replay(project, steps);
    const findings = new Map<string, Finding>();
    for (const step of steps) {
      const differences = await replay.differences(step).catch((error: unknown) => {
        if (error instanceof NoResponse) return [`no response: ${error.message}`];
        throw error;
      });
      for (const difference of differences) {
        const known = Object.keys(KNOWN).filter((key) =>
          KNOWN[key]?.some((one) => difference.startsWith(one)),
        );
        const finding = findings.get(difference) ?? { difference, calls: [], settles: [], known };
        findings.set(difference, finding);
        finding.calls.push(step.name);
        finding.settles.push(...(step.settles ?? []).filter((one) => !finding.settles.includes(one)));
      }
    }
    return [...findings.values()];
  } finally {
    await emulator.close();
  }
}

/** A replay in progress. */
class Replay {
  readonly #names: Names;
  readonly #caller: Caller;
  readonly #own: Set<string>;

  constructor(
    private readonly project: Project,
    steps: readonly Step[],
  ) {
    const { id, organizationId, credentials } = project;
    const url = new URL(project.url);
    const hidden = new Map([
      [organizationId, '{orgId}'],
      [url.host, '{host}'],
      [url.hostname, '{host}'],
    ]);
    this.#names = new Names(id, 'contract-0123456789abcdef', hidden, steps);
    this.#caller = new Caller(url, credentials.owner.serviceAccount);
    this.#own = new Set([id]);
  }

  /** Makes the call of a step, and returns how the answer differs from the recorded one. */
  async differences(step: Step): Promise<string[]> {
    const { answer: recorded } = step;
    if (!recorded) return [];
    if (this.#caller.token !== undefined) this.#names.set('token', this.#caller.token);
    const request = requestOf(step, this.#names);
    if (!request) return ['the call: it is about a link that the emulator has not created'];

    const found: string[] = [];
    const passing = (step.states ?? []).map((state) => [linkOf(step), state] as const);
    const shown = step.method === 'GET' && step.until === undefined ? statesIn(recorded) : [];
    for (const [name, state] of [...passing, ...shown]) {
      found.push(...(await this.#enter(name, state, recorded)));
    }
    if (step.until === 'gone' && step.ended) await this.#leave(linkOf(step));
    // The answer to a create or a change can show a later state than the first.
    const [written] = step.method === 'GET' ? [] : statesIn(recorded);
    const isLate = written !== undefined && ['DONE', 'FAILED'].includes(written[1]);
    if (isLate) await this.project.change({ movement: 'at once' });
    const { response, answer } = await send(step, request, this.#caller, this.#names, this.#own);
    if (isLate) await this.project.change({ movement: 'by hand' });
    const { _id } = jsonOf(response);
    if (
      step.method !== 'POST' ||
      !request.path.endsWith('/privateLinkConnections') ||
      typeof _id !== 'string'
    ) {
      return [...found, ...compareAnswers(recorded, answer)];
    }
    this.#own.add(_id);
    if (step.creates !== undefined) this.#names.set(step.creates, _id);
    // With the name of the link.
    return [
      ...found,
      ...compareAnswers(
        recorded,
        this.#names.hide(response, (body) => body),
      ),
    ];
  }

  /** Moves a link to a state. Returns a difference if it does not get there. */
  async #enter(name: string, wanted: string, { body }: Answer): Promise<string[]> {
    const id = this.#names.get(name);
    if (id === undefined) return [];
    const passed: string[] = [];
    for (;;) {
      const { state, held } = await this.project.links
        .state(id)
        .catch(() => ({ state: 'gone', held: false }));
      passed.push(state);
      if (state === wanted) return [];
      if (held) await this.project.links.step(id);
      else break;
    }
    // Whether a link fails depends on its endpoint.
    if (wanted === 'FAILED' && passed.at(-1) !== 'gone') {
      const hasMessage = JSON.stringify(body ?? '').includes('"errorMessage"');
      await this.project.links.force(id, wanted, hasMessage ? 'It has failed.' : undefined);
      return [];
    }
    return [`state ${wanted}: the emulator's link is ${passed.join(', then ')}`];
  }

  /** Moves a link on until it is gone. */
  async #leave(name: string): Promise<void> {
    const id = this.#names.get(name) ?? '';
    for (;;) {
      const report = await this.project.links.state(id).catch(() => undefined);
      if (!report?.held) return;
      await this.project.links.step(id);
    }
  }
}

function linkOf({ path }: Step): string {
  return /\{(link\d+)\}/.exec(path)?.[1] ?? '';
}

/** The states of the links in an answer, by the name of each link. */
function statesIn({ body }: Answer): (readonly [name: string, state: string])[] {
  const { results, content, _id, state } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (content !== undefined) return statesIn({ body: content } as Answer);
  if (Array.isArray(results)) return results.flatMap((one) => statesIn({ body: one as unknown } as Answer));
  const name = /^\{(link\d+)\}$/.exec(String(_id))?.[1];
  return name !== undefined && typeof state === 'string' ? [[name, state]] : [];
}

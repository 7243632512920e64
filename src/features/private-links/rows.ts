import { createHash } from 'node:crypto';
import type { JsonText } from '../../http/replies/answer.js';
import { goneAt, positionAt, type Path, type Stage, type State } from './lifecycle.js';
import type { SentFields } from './schema.js';

/** All of a link but its place. `path` and `now` are in project time, in milliseconds. */
export interface LinkRow {
  readonly id: string;
  readonly projectId: string;
  readonly target: string;
  readonly sent: SentFields;
  readonly shown: JsonText;
  readonly shownDone: JsonText;
  readonly shownFailed: JsonText | undefined;
  readonly errorMessage: string | undefined;
  readonly path: Path;
  /** Stages that time does not bring. */
  readonly rest: readonly Stage[];
  /** How many reads are left until the next of them. */
  readonly readsLeft: number | undefined;
  /** What the project's clock shows. */
  readonly now: number;
  /** What to add to project time to get the emulator's; undefined while the project's clock stands still. */
  readonly toEmulatorTime: number | undefined;
}

/** A link as it is now. */
export interface CurrentLink {
  /** Its place in the order of creation. */
  readonly seq: number;
  readonly sent: SentFields;
  readonly path: Path;
  readonly state: State;
  /** Until when the persisted state holds: what was entered from then on has not been told yet. */
  readonly dueAt: number | undefined;
  readonly rest: readonly Stage[];
  readonly readsLeft: number | undefined;
  readonly errorMessage: string | undefined;
}

/** A {@link CurrentLink} as SQL gives it. */
export interface CurrentRow {
  seq: number;
  id: string;
  sent: string;
  path: string;
  state: State;
  dueAt: number | null;
  rest: string;
  readsLeft: number | null;
  errorMessage: string | null;
}

/** A row whose time has come. */
export interface DueLink {
  readonly seq: number;
  readonly id: string;
  readonly projectId: string;
  readonly path: Path;
  readonly dueAt: number;
}

export function currentOf(row: CurrentRow): CurrentLink {
  return {
    seq: row.seq,
    sent: JSON.parse(row.sent) as SentFields,
    path: JSON.parse(row.path) as Path,
    state: row.state,
    dueAt: row.dueAt ?? undefined,
    rest: JSON.parse(row.rest) as Stage[],
    readsLeft: row.readsLeft ?? undefined,
    errorMessage: row.errorMessage ?? undefined,
  };
}

/** What a link is in the table, but for its place and its ids. */
export function columnsOf(link: LinkRow) {
  const { state, dueAt } = positionAt(link.path, link.now);
  const { toEmulatorTime } = link;
  const wakeAt = dueAt === undefined || toEmulatorTime === undefined ? undefined : dueAt + toEmulatorTime;
  const columns = {
    target: hashOf(link.projectId, link.target),
    sent: JSON.stringify(link.sent),
    shown: link.shown,
    shownDone: link.shownDone,
    shownFailed: link.shownFailed ?? null,
    errorMessage: link.errorMessage ?? null,
    path: JSON.stringify(link.path),
    rest: JSON.stringify(link.rest),
    readsLeft: link.readsLeft ?? null,
    state,
    dueAt: dueAt ?? null,
    goneAt: goneAt(link.path) ?? null,
  };
  return { wakeAt, columns };
}

/** What stands for a target in the index: of the project's own. */
export function hashOf(projectId: string, target: string): Buffer {
  return createHash('sha256').update(projectId).update(target).digest().subarray(0, 16);
}

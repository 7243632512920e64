import type { JsonText } from '../../http/answer.js';
import type { Project } from '../../http/gatekeeper.js';
import { refuse, SOURCE } from '../../kernel/conditions.js';
import type { Transaction } from '../../kernel/database.js';
import type { DueWork } from '../../kernel/scheduler.js';
import type { Services } from '../feature.js';
import { computedFields } from './computed.js';
import { isBeingDeleted, planPath, type Path } from './lifecycle.js';
import { privateLinkProfiles } from './profile.js';
import { echoText, representationText } from './representation.js';
import { targetOf } from './rules.js';
import type { SentFields } from './schema.js';
import type { CurrentLink, LinkRow, PrivateLinkStore } from './store.js';

/** A link: all but what follows from these and its project. */
export interface Link {
  readonly id: string;
  readonly sent: SentFields;
  readonly path: Path;
  readonly errorMessage?: string | undefined;
}

/** What can be done with private links, whoever asks. */
export class PrivateLinks implements DueWork {
  readonly store: PrivateLinkStore;
  readonly #services: Services;

  constructor(store: PrivateLinkStore, services: Services) {
    this.store = store;
    this.#services = services;
  }

  /**
   * Creates a link and returns what a create answers in the project's profile.
   *
   * @throws {Refusal} `duplicateLink`
   */
  create(project: Project, sent: SentFields, baseUrl: string): Promise<JsonText> {
    const profile = privateLinkProfiles[project.profile];
    const id = this.#services.newId();
    return this.#services.database.write((transaction) => {
      const path = planPath(profile.created, this.#services.durations, project.now);
      this.make(transaction, project, { id, sent, path }, 'created');
      return profile.createAnswer === 'echo' ? echoText(sent, id) : this.#text(project, id, baseUrl);
    });
  }

  /**
   * Gives a link a DNS domain, and returns it whole.
   *
   * @throws {Refusal} `linkNotFound`, `updateNotAllowed`, `duplicateLink`
   */
  update(project: Project, id: string, dnsDomain: string, baseUrl: string): Promise<JsonText> {
    return this.#services.database.write((transaction) => {
      const link = this.#existing(project, id);
      refuseUpdate(link, id);
      const sent = { ...link.sent, dnsDomain };
      this.#refuseDuplicate(project, sent, id);
      const { updated } = privateLinkProfiles[project.profile];
      const path = updated ? planPath(updated, this.#services.durations, project.now) : link.path;
      const { errorMessage } = updated ? {} : link;
      this.#replace(transaction, project, link, { id, sent, path, errorMessage }, 'updated');
      return this.#text(project, id, baseUrl);
    });
  }

  /**
   * Deletes a link, in whatever state. One that is being deleted already goes on as it does.
   *
   * @throws {Refusal} `linkNotFound`
   */
  delete(project: Project, id: string): Promise<void> {
    return this.#services.database.write((transaction) => {
      const link = this.#existing(project, id);
      if (isBeingDeleted(link.state)) return;
      const { deleted } = privateLinkProfiles[project.profile];
      const path = planPath(deleted, this.#services.durations, project.now);
      this.#replace(transaction, project, link, { ...link, id, path }, 'deleted');
    });
  }

  /**
   * Inserts a link, tells of the states it has entered, and has the scheduler woken for the next.
   *
   * @throws {Refusal} `duplicateLink`
   */
  make(transaction: Transaction, project: Project, link: Link, cause: string): void {
    this.#refuseDuplicate(project, link.sent);
    const wakeAt = this.store.insert(this.#row(project, link));
    this.#afterWrite(transaction, project, link, wakeAt, cause);
  }

  nextDueAt(): number | undefined {
    return this.store.nextWake();
  }

  moveDue(transaction: Transaction, now: number, limit: number): number {
    let moved = 0;
    // One state of one link at a time: its next may be due before or after those of others.
    for (; moved < limit; moved += 1) {
      const [link] = this.store.due(now, 1);
      if (!link) break;
      this.store.move(link, link.wakeAt);
      transaction.afterCommit(() => {
        this.#tell(link.projectId, link, link.dueAt - 1, link.dueAt, 'time');
      });
    }
    return moved;
  }

  #replace(transaction: Transaction, project: Project, old: CurrentLink, link: Link, cause: string): void {
    const wakeAt = this.store.replace(old.seq, this.#row(project, link));
    const { dueAt } = old;
    if (dueAt !== undefined) {
      // The scheduler may not have come yet to states that the link has passed.
      transaction.afterCommit(() => {
        this.#tell(project.id, { ...link, path: old.path }, dueAt - 1, project.now, 'time');
      });
    }
    // A path that goes on as it was is no news.
    if (link.path !== old.path) this.#afterWrite(transaction, project, link, wakeAt, cause);
  }

  #row(project: Project, { id, sent, path, errorMessage }: Link): LinkRow {
    const { showsLinks } = privateLinkProfiles[project.profile];
    const shown = { id, projectId: project.id, showsLinks, errorMessage };
    return {
      id,
      projectId: project.id,
      target: targetOf(sent),
      sent,
      shown: representationText(sent, { ...shown, computed: {} }),
      shownDone: representationText(sent, { ...shown, computed: computedFields(id, sent) }),
      errorMessage,
      path,
      now: project.now,
      toRealTime: this.#services.clock.now() - project.now,
    };
  }

  #afterWrite(
    transaction: Transaction,
    project: Project,
    link: Link,
    wakeAt: number | undefined,
    cause: string,
  ): void {
    transaction.afterCommit(() => {
      this.#tell(project.id, link, -Infinity, project.now, cause);
      if (wakeAt !== undefined) this.#services.scheduler.wakeAt(wakeAt);
    });
  }

  #text(project: Project, id: string, baseUrl: string): JsonText {
    return this.store.get(project.id, id, project.now, baseUrl) ?? refuseUnknownLink(project, id);
  }

  #existing(project: Project, id: string): CurrentLink {
    return this.store.current(project.id, id, project.now) ?? refuseUnknownLink(project, id);
  }

  #refuseDuplicate(project: Project, sent: SentFields, self?: string): void {
    const other = this.store.sameTarget(project.id, targetOf(sent), project.now);
    if (other === undefined || other === self) return;
    refuse('duplicateLink', {
      parameters: [other],
      problem: `The private link ${other} has the same target.`,
      remedy: 'Delete it first, or send another provider, vendor, region or endpoint.',
      source: SOURCE.client,
    });
  }

  /** Tells of the states that a link entered after `from` and not after `to`. */
  #tell(
    projectId: string,
    { id, path }: { readonly id: string; readonly path: Path },
    from: number,
    to: number,
    cause: string,
  ): void {
    for (const [state, at] of path) {
      if (at > from && at <= to) {
        this.#services.events.emit('link.changed', projectId, { id, state, at, cause });
      }
    }
  }
}

/** Refuses a change of domain unless none is set or the link is IDLE (Atlas documentation). */
function refuseUpdate({ sent, state }: CurrentLink, id: string): void {
  if (!isBeingDeleted(state) && (sent.dnsDomain === undefined || state === 'IDLE')) return;
  const problem = isBeingDeleted(state)
    ? `the private link ${id} is being deleted`
    : `the private link ${id} has a dnsDomain already and is ${state}`;
  refuse('updateNotAllowed', {
    parameters: [`The dnsDomain cannot be changed: ${problem}`],
    problem: `The dnsDomain cannot be changed: ${problem}.`,
    remedy: 'Change it while none is set or the state is IDLE; else delete the link and create it anew.',
    source: SOURCE.documentation,
  });
}

/** Raises `linkNotFound`. */
export function refuseUnknownLink(project: Project, id: string): never {
  return refuse('linkNotFound', {
    parameters: [id],
    problem: `Project ${project.id} has no private link ${id}.`,
    remedy: `Use the _id of a link that GET /groups/${project.id}/streams/privateLinkConnections lists.`,
    source: SOURCE.inferred,
  });
}

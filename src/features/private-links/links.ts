import type { JsonText } from '../../http/answer.js';
import type { Project } from '../../http/gatekeeper.js';
import { refuse, SOURCE } from '../../kernel/conditions.js';
import type { Transaction } from '../../kernel/database.js';
import type { DueWork } from '../../kernel/scheduler.js';
import type { Services } from '../feature.js';
import { computedFields } from './computed.js';
import { planPath, type Path } from './lifecycle.js';
import { privateLinkProfiles } from './profile.js';
import { echoText, representationText } from './representation.js';
import { targetOf } from './rules.js';
import type { SentFields } from './schema.js';
import type { PrivateLinkStore } from './store.js';

/** A link to make: all but what follows from its project. */
interface Making {
  readonly id: string;
  readonly sent: SentFields;
  readonly path: Path;
  readonly errorMessage?: string;
  readonly cause: string;
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
  async create(project: Project, sent: SentFields, baseUrl: string): Promise<JsonText> {
    const profile = privateLinkProfiles[project.profile];
    const id = this.#services.newId();
    return this.#services.database.write((transaction) => {
      this.#refuseDuplicate(project, sent);
      const path = planPath(profile.created, this.#services.durations, project.now);
      this.make(transaction, project, { id, sent, path, cause: 'created' });
      return profile.createAnswer === 'echo'
        ? echoText(sent, id)
        : (this.store.get(project.id, id, project.now, baseUrl) ?? '');
    });
  }

  /** Inserts a link, tells of the states it has entered, and has the scheduler woken for the next. */
  make(transaction: Transaction, project: Project, { id, sent, path, errorMessage, cause }: Making): void {
    const { clock, scheduler } = this.#services;
    const shown = {
      id,
      projectId: project.id,
      showsLinks: privateLinkProfiles[project.profile].showsLinks,
      errorMessage,
    };
    const wakeAt = this.store.insert({
      id,
      projectId: project.id,
      target: targetOf(sent),
      sent: JSON.stringify(sent),
      shown: representationText(sent, { ...shown, computed: {} }),
      shownDone: representationText(sent, { ...shown, computed: computedFields(id, sent) }),
      path,
      now: project.now,
      toRealTime: clock.now() - project.now,
    });
    transaction.afterCommit(() => {
      this.#tell(project.id, id, path, -Infinity, project.now, cause);
      if (wakeAt !== undefined) scheduler.wakeAt(wakeAt);
    });
  }

  nextDueAt(): number | undefined {
    return this.store.nextWake();
  }

  moveDue(transaction: Transaction, now: number, limit: number): number {
    const due = this.store.due(now, limit);
    for (const link of due) {
      this.store.move(link, now);
      transaction.afterCommit(() => {
        const projectNow = now - (link.wakeAt - link.dueAt);
        this.#tell(link.projectId, link.id, link.path, link.dueAt - 1, projectNow, 'time');
      });
    }
    return due.length;
  }

  #refuseDuplicate(project: Project, sent: SentFields): void {
    const other = this.store.sameTarget(project.id, targetOf(sent), project.now);
    if (other === undefined) return;
    refuse('duplicateLink', {
      parameters: [other],
      problem: `The private link ${other} has the same target.`,
      remedy: 'Delete it first, or send another provider, vendor, region or endpoint.',
      source: SOURCE.client,
    });
  }

  /** Tells of the states of `path` that were entered after `from` and not after `to`. */
  #tell(projectId: string, id: string, path: Path, from: number, to: number, cause: string): void {
    for (const [state, at] of path) {
      if (at > from && at <= to) {
        this.#services.events.emit('link.changed', projectId, { id, state, at, cause });
      }
    }
  }
}

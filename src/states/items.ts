import type { JsonText } from '../../http/replies/answer.js';
import { refuseTooLarge } from '../../http/steps/body.js';
import type { Project } from '../../http/gatekeeper.js';
import type { Transaction } from '../../kernel/database.js';
import type { DueWork } from '../../kernel/scheduler.js';
import type { Services } from '../feature.js';
import { duplicateLink, linkNotFound, updateNotAllowed } from './conditions.js';
import { computedFields } from './computed.js';
import { isBeingDeleted, past, plan, type Path, type Plan, type Stage } from './lifecycle.js';
import { privateLinkProfiles } from './profile.js';
import { echoText, representationText } from './representation.js';
import type { PrivateLinkRules } from './rule-store.js';
import { targetOf } from './rules.js';
import type { SentFields } from './schema.js';
import type { CurrentLink, LinkRow } from './rows.js';
import type { PrivateLinkStore } from './store.js';

/** A link: all but what follows from these and its project. */
export interface Link extends Plan {
  readonly id: string;
  readonly sent: SentFields;
  readonly errorMessage: string | undefined;
}

/** What can be done with private links, whoever asks. */
export class PrivateLinks implements DueWork {
  readonly store: PrivateLinkStore;
  readonly #rules: PrivateLinkRules;
  readonly #services: Services;

  constructor(store: PrivateLinkStore, rules: PrivateLinkRules, services: Services) {
    this.store = store;
    this.#rules = rules;
    this.#services = services;
  }

  /**
   * Creates a link and returns what a create answers in the project's profile.
   *
   * @throws {Refusal} `bodyTooLarge`, `duplicateLink`
   */
  create(project: Project, sent: SentFields, baseUrl: string): Promise<JsonText> {
    const profile = privateLinkProfiles[project.profile];
    const id = this.#services.newId();
    return this.write((transaction) => {
      const { stages, errorMessage } = this.#rules.apply(project.id, sent, profile.created);
      this.make(transaction, project, { id, sent, errorMessage, ...this.plan(project, stages, 'created') });
      return profile.createAnswer === 'echo' ? echoText(sent, id) : this.#text(project, id, baseUrl);
    });
  }

  /** Reads a link, which moves it on where reads do. */
  async read(project: Project, id: string, baseUrl: string): Promise<JsonText> {
    const text = this.#text(project, id, baseUrl);
    if (this.store.readsLeft(project.id, id) !== undefined) {
      await this.write((transaction) => {
        this.store.countRead(project.id, id);
        const link = this.existing(project, id);
        if (link.readsLeft === 0) this.goOn(transaction, project, link, id, 'read');
      });
    }
    return text;
  }

  /**
   * Gives a link a DNS domain, and returns it whole.
   *
   * @throws {Refusal} `linkNotFound`, `updateNotAllowed`, `bodyTooLarge`, `duplicateLink`
   */
  update(project: Project, id: string, dnsDomain: string, baseUrl: string): Promise<JsonText> {
    return this.write((transaction) => {
      const link = this.existing(project, id);
      refuseUpdate(link, id);
      const sent = { ...link.sent, dnsDomain };
      refuseTooLarge(sent);
      this.#refuseDuplicate(project, sent, id);
      const { updated } = privateLinkProfiles[project.profile];
      const changed = updated
        ? { id, sent, errorMessage: undefined, ...this.plan(project, updated, 'updated', link) }
        : { ...link, id, sent };
      this.replace(transaction, project, link, changed);
      return this.#text(project, id, baseUrl);
    });
  }

  /**
   * Deletes a link, in whatever state. One that is being deleted already goes on as it does.
   *
   * @throws {Refusal} `linkNotFound`
   */
  delete(project: Project, id: string): Promise<void> {
    return this.write((transaction) => {
      const link = this.existing(project, id);
      if (isBeingDeleted(link.state)) return;
      const { deleted } = privateLinkProfiles[project.profile];
      this.replace(transaction, project, link, {
        ...link,
        id,
        ...this.plan(project, deleted, 'deleted', link),
      });
    });
  }

  /**
   * Inserts a link, tells of the states it has entered, and has the scheduler woken for the next.
   *
   * @throws {Refusal} `bodyTooLarge`, `duplicateLink`
   */
  make(transaction: Transaction, project: Project, link: Link): void {
    refuseTooLarge(link.sent);
    this.#refuseDuplicate(project, link.sent);
    this.#wake(transaction, this.store.insert(this.#row(project, link)));
    this.#tell(transaction, project.id, link, project.now);
  }

  /** Puts a link in the place of its old self. */
  replace(transaction: Transaction, project: Project, old: CurrentLink, link: Link): void {
    this.#wake(transaction, this.store.replace(old.seq, this.#row(project, link)));
    // The scheduler may not have come yet to states that the link has passed.
    const told = past(old.path, old.dueAt === undefined ? project.now : old.dueAt - 1);
    this.#tell(transaction, project.id, { id: link.id, path: link.path.slice(told.length) }, project.now);
  }

  /** Moves a link on to the first of the stages that time does not bring; what was held is held there. */
  step(transaction: Transaction, project: Project, link: CurrentLink, id: string, why: string): void {
    const [next, ...rest] = link.rest;
    if (!next) return;
    const { movement } = project.pace;
    const path: Path = [...past(link.path, project.now), [next.state, project.now, why]];
    const byReads = rest.length > 0 && link.readsLeft !== undefined && typeof movement === 'object';
    const readsLeft = byReads ? movement.reads : undefined;
    this.replace(transaction, project, link, { ...link, id, path, rest, readsLeft });
  }

  /** Moves a link on to the first of the stages that time does not bring; the others come as its project moves. */
  goOn(transaction: Transaction, project: Project, link: CurrentLink, id: string, why: string): void {
    const ahead = this.plan(project, link.rest, why, link);
    this.replace(transaction, project, link, { ...link, id, ...ahead });
  }

  /** Plans stages from now on, behind what an old self has gone through. */
  plan(project: Project, stages: readonly Stage[], why: string, old?: { readonly path: Path }): Plan {
    const { movement, durations } = project.pace;
    const pace = { movement, durations: { ...this.#services.durations, ...durations } };
    const ahead = plan(stages, pace, project.now, why);
    return { ...ahead, path: [...(old ? past(old.path, project.now) : []), ...ahead.path] };
  }

  /** The link as it is now. @throws {Refusal} `linkNotFound` */
  existing(project: Project, id: string): CurrentLink {
    const link = this.store.current(project.id, id, project.now);
    if (!link) throw linkNotFound(id, project.id);
    return link;
  }

  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.#services.database.write(work);
  }

  nextDueAt(): number | undefined {
    return this.store.alarms.first();
  }

  moveDue(transaction: Transaction, now: number, limit: number): number {
    let moved = 0;
    // One state of one link at a time: its next may be due before or after those of others.
    for (; moved < limit; moved += 1) {
      const link = this.store.alarms.due(now);
      if (!link) break;
      this.store.move(link);
      const entered = link.path.filter(([, at]) => at === link.dueAt);
      this.#tell(transaction, link.projectId, { id: link.id, path: entered }, link.dueAt);
    }
    return moved;
  }

  #row(project: Project, { id, sent, path, rest, readsLeft, errorMessage }: Link): LinkRow {
    const { showsLinks } = privateLinkProfiles[project.profile];
    const shown = { id, projectId: project.id, showsLinks, errorMessage: undefined };
    return {
      id,
      projectId: project.id,
      target: targetOf(sent),
      sent,
      shown: representationText(sent, { ...shown, computed: {} }),
      shownDone: representationText(sent, { ...shown, computed: computedFields(id, sent) }),
      shownFailed:
        errorMessage === undefined
          ? undefined
          : representationText(sent, { ...shown, errorMessage, computed: {} }),
      errorMessage,
      path,
      rest,
      readsLeft,
      now: project.now,
      toEmulatorTime: project.frozen ? undefined : this.#services.clock.now() - project.now,
    };
  }

  #wake(transaction: Transaction, wakeAt: number | undefined): void {
    if (wakeAt === undefined) return;
    transaction.afterCommit(() => {
      this.#services.scheduler.wakeAt(wakeAt);
    });
  }

  #text(project: Project, id: string, baseUrl: string): JsonText {
    const text = this.store.get(project.id, id, project.now, baseUrl);
    if (text === undefined) throw linkNotFound(id, project.id);
    return text;
  }

  #refuseDuplicate(project: Project, sent: SentFields, self?: string): void {
    const other = this.store.sameTarget(project.id, targetOf(sent), project.now);
    if (other !== undefined && other !== self) throw duplicateLink(other);
  }

  /** Tells, once committed, of the states of a path that were entered by `now`. */
  #tell(
    transaction: Transaction,
    projectId: string,
    { id, path }: { readonly id: string; readonly path: Path },
    now: number,
  ): void {
    transaction.afterCommit(() => {
      for (const [state, at, why = 'time'] of past(path, now)) {
        this.#services.events.emit('link.changed', projectId, { id, state, at, cause: why });
      }
    });
  }
}

/** Refuses a change of domain unless none is set or the link is IDLE (Atlas documentation). */
function refuseUpdate({ sent, state }: CurrentLink, id: string): void {
  if (!isBeingDeleted(state) && (sent.dnsDomain === undefined || state === 'IDLE')) return;
  const why = isBeingDeleted(state) ? 'is being deleted' : `has a dnsDomain already and is ${state}`;
  throw updateNotAllowed(`The dnsDomain cannot be changed: the private link ${id} ${why}`);
}

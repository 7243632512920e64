import { page, resource, type Answer } from '../http/replies/replies.js';
import { ControlError } from '../http/control-error.js';
import type { Durations, Movement, Project } from '../http/gatekeeper.js';
import { refuseTooLarge } from '../http/steps/body.js';
import type { Paging } from '../http/steps/query.js';
import type { Transaction } from '../kernel/database.js';
import { itemsOf } from '../kernel/memo.js';
import type { DueWork } from '../kernel/scheduler.js';
import type { Services } from '../world/index.js';
import { bounded, past, plan, type Path, type Plan, type Stage } from './lifecycle.js';
import type { StatefulResource } from './resource.js';
import { ItemRules } from './rules.js';
import { ItemStore, type CurrentItem, type Item } from './store.js';

/** What an item of a fixture can have in addition to what a client would send. */
type FixtureItem = Partial<Plan & { _id: string; state: string; errorMessage: string }>;

/** The items of a resource, and what the Atlas API and the control API do with them. */
export class Items<Sent extends object = object> implements DueWork {
  readonly store: ItemStore<Sent>;
  readonly rules: ItemRules;
  readonly #durations: Durations;

  constructor(
    readonly resource: StatefulResource<Sent>,
    readonly services: Services,
  ) {
    this.store = new ItemStore(services.database, resource);
    this.rules = new ItemRules(services.database, resource);
    const settings = Object.entries(resource.durations);
    this.#durations = Object.fromEntries(
      settings.map(([name, { default: standard }]) => [name, Number(services.durations[name] ?? standard)]),
    );
  }

  /**
   * Creates an item and returns what a create answers in the project's profile.
   *
   * @throws {Refusal} `bodyTooLarge`, or the resource's own for a duplicate
   */
  create(project: Project, sent: Sent, baseUrl: string): Promise<Answer> {
    return this.write(project, (transaction) => {
      const id = this.services.newId();
      const { created } = this.resource.profiles[project.profile];
      const { stages, errorMessage } = this.rules.apply(project.id, sent, created);
      transaction.omitSavepoint();
      this.put(transaction, project, { id, sent, errorMessage, ...this.plan(project, stages, 'created') });
      const answer = this.resource.created?.(sent, id, project);
      return answer === undefined ? this.#shown(project, id, baseUrl) : resource(answer);
    });
  }

  /** A page of a project's items, oldest first. */
  list(project: Project, paging: Paging, baseUrl: string): Answer {
    const items = this.store.page(project.id, paging, project.now, baseUrl);
    return page(items, this.store.count(project.id, project.now));
  }

  /** Reads an item, which moves it to its next state in projects where reads do. */
  read(project: Project, id: string, baseUrl: string): Answer | Promise<Answer> {
    const found = this.#read(project, id, baseUrl);
    const answer = resource(found.text);
    if (found.readsLeft === null) return answer;
    return this.write(project, (transaction) => {
      const item = this.existing(project, id);
      if (item.readsLeft === null) return answer;
      const last = item.readsLeft <= 1;
      const read = last ? this.resumed(project, item, 'read') : { ...item, readsLeft: item.readsLeft - 1 };
      this.put(transaction, project, read, item);
      return answer;
    });
  }

  /**
   * Changes what was sent of an item, and returns its representation.
   *
   * @param change returns what is stored from now on, or throws
   * @throws {Refusal} if there is no such item, it would be too large or a duplicate
   */
  update(
    project: Project,
    id: string,
    change: (item: CurrentItem<Sent>) => Sent,
    baseUrl: string,
  ): Promise<Answer> {
    return this.write(project, (transaction) => {
      const item = this.existing(project, id);
      const sent = change(item);
      const { updated } = this.resource.profiles[project.profile];
      const ahead = updated && { errorMessage: null, ...this.plan(project, updated, 'updated', item) };
      this.put(transaction, project, { ...item, sent, ...ahead }, item);
      return this.#shown(project, id, baseUrl);
    });
  }

  /** Deletes an item, in any state. One that is being deleted already stays as it is. @throws {Refusal} */
  delete(project: Project, id: string): Promise<void> {
    return this.write(project, (transaction) => {
      const item = this.existing(project, id);
      if (this.isBeingDeleted(item)) return;
      const { deleted = [{ state: this.resource.gone }] } = this.resource.profiles[project.profile];
      this.put(transaction, project, { ...item, ...this.plan(project, deleted, 'deleted', item) }, item);
    });
  }

  /** Whether an item is being deleted, in either profile. */
  isBeingDeleted({ state }: CurrentItem<Sent>): boolean {
    return Object.values(this.resource.profiles).some(({ deleted }) =>
      deleted?.some((stage) => stage.state === state),
    );
  }

  /**
   * Inserts an item, or puts it in the place of `old`; emits the states that it has entered, and sets the alarm.
   *
   * @throws {Refusal} if it is too large, or has the target of another item
   */
  put(transaction: Transaction, project: Project, item: Item<Sent>, old?: CurrentItem<Sent>): void {
    const sentText = refuseTooLarge(item.sent);
    const { target } = this.resource;
    const other = target && this.store.sameTarget(project.id, target.of(item.sent), project.now);
    if (target && other !== undefined && other !== old?.id) throw target.duplicate(other);
    const path = bounded(item.path, project.now);
    const saved = path === item.path ? item : { ...item, path };
    const wakeAt = this.store.save(saved, project, this.services.clock.now(), old?.seq, sentText);
    if (wakeAt !== undefined) {
      transaction.afterCommit(() => this.services.scheduler.wakeAt(wakeAt));
    }
    // The scheduler may not have persisted yet all states that the item has passed.
    const emitted = old ? past(old.path, old.dueAt === null ? project.now : old.dueAt - 1).length : 0;
    const entered = past(item.path, project.now).slice(emitted);
    transaction.afterCommit(() => {
      for (const step of entered) this.#emit(project.id, item.id, step);
    });
  }

  /**
   * Adds an item that fits {@link itemSchema}.
   *
   * @param why it enters its first state
   * @returns its id
   * @throws {Refusal} or {@link ControlError} if an API would refuse it too
   */
  load(transaction: Transaction, project: Project, item: FixtureItem, why: string): string {
    const { _id: id = this.services.newId(), state, errorMessage = null, ...planned } = item;
    const { path, rest = [], readsLeft = null, ...fields } = planned;
    const sent = this.resource.accept?.(fields, project) ?? (fields as Sent);
    const { created } = this.resource.profiles[project.profile];
    // A fixture says what its items are; rules are for items to come.
    const isNew = why !== 'fixture' && !path && state === undefined;
    const ruled = isNew ? this.rules.apply(project.id, sent, created) : undefined;
    const ahead: Plan = path
      ? { path: checkedOrder(path), rest, readsLeft: rest.length > 0 ? readsLeft : null }
      : this.plan(project, ruled?.stages ?? (state === undefined ? created : [{ state }]), why);
    const message = ruled?.errorMessage ?? errorMessage;
    this.put(transaction, project, { id, sent, errorMessage: message, ...ahead });
    return id;
  }

  /** The items of a project, as {@link load} takes them, one at a time: they may be many. */
  *saved({ id: projectId, now }: Project): Iterable<object> {
    for (const { id, sent, path, rest, readsLeft, errorMessage } of this.store.all(projectId, now)) {
      yield {
        ...{ _id: id, ...sent, path: bounded(path, now) },
        ...(rest.length > 0 && { rest }),
        ...(readsLeft !== null && { readsLeft }),
        ...(errorMessage !== null && { errorMessage }),
      };
    }
  }

  /** An item in the next of the stages that time does not bring; the others follow as the movement says. */
  resumed(project: Project, item: CurrentItem<Sent>, why: string, movement?: Movement): CurrentItem<Sent> {
    return { ...item, ...this.plan(project, item.rest, why, item, movement) };
  }

  /** Plans stages from now on, after the states that `old` has passed. @param movement the project's by default */
  plan(project: Project, stages: readonly Stage[], why: string, old?: Item<Sent>, movement?: Movement): Plan {
    const { pace, now } = project;
    const durations = { ...this.#durations, ...pace.durations };
    return plan(stages, durations, movement ?? pace.movement, now, why, past(old?.path ?? [], now));
  }

  /** The item as it is now. @throws {Refusal} */
  existing(project: Project, id: string): CurrentItem<Sent> {
    const item = this.store.current(project.id, id, project.now);
    if (!item) throw this.resource.notFound(id, project.id);
    return item;
  }

  /** Runs work that changes items of one project. */
  write<T>({ id }: Project, work: (transaction: Transaction) => T): Promise<T> {
    return this.services.database.write(work, [itemsOf(id)]);
  }

  nextDueAt(): number | undefined {
    return this.store.alarms.first()[0]?.at;
  }

  moveDue(transaction: Transaction, now: number, limit: number): number {
    let moved = 0;
    while (moved < limit) {
      const due = this.store.due(now, limit - moved);
      if (!due) break;
      const { projectId, items, until } = due;
      for (const item of items) this.store.move(item, until);
      this.store.alarms.set(projectId, now);
      moved += items.length;
      const entered = items.flatMap(({ id, seq, path, dueAt }) =>
        path.filter(([, at]) => at >= (dueAt ?? 0) && at <= until).map((step) => ({ id, seq, step })),
      );
      // One item may enter several states, between those of others.
      entered.sort((one, other) => one.step[1] - other.step[1] || one.seq - other.seq);
      transaction.afterCommit(() => {
        for (const { id, step } of entered) this.#emit(projectId, id, step);
      });
    }
    return moved;
  }

  #shown(project: Project, id: string, baseUrl: string): Answer {
    return resource(this.#read(project, id, baseUrl).text);
  }

  /** What a reader gets. @throws {Refusal} */
  #read(project: Project, id: string, baseUrl: string) {
    const found = this.store.read(project.id, id, project.now, baseUrl);
    if (!found) throw this.resource.notFound(id, project.id);
    return found;
  }

  #emit(projectId: string, id: string, [state, at, cause = 'time']: Path[number]): void {
    this.services.events.emit(this.resource.event, projectId, { id, state, at, cause });
  }
}

/** @throws {ControlError} 400 if a path is not in the order of time */
function checkedOrder(path: Path): Path {
  const late = path.find(([, at], index) => at < (path[index - 1]?.[1] ?? at));
  if (!late) return path;
  const problem = `The path enters ${late[0]} before the state that precedes it.`;
  throw new ControlError(400, `${problem} Send states in the order of time.`);
}

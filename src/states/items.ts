import type { Project } from '../http/gatekeeper.js';
import type { JsonText } from '../http/operation.js';
import { refuseTooLarge } from '../http/steps/body.js';
import type { Transaction } from '../kernel/database.js';
import type { Durations } from '../kernel/pace.js';
import type { DueWork } from '../kernel/scheduler.js';
import type { Services } from '../world/index.js';
import { past, plan, type Path, type Plan, type Stage } from './lifecycle.js';
import { isBeingDeleted, type Lifecycles, type StatefulResource } from './resource.js';
import { ItemRules } from './rules.js';
import { ItemStore, type CurrentItem, type Item } from './store.js';

/** The items of a resource, and what the Atlas API and the control API do with them. */
export class Items<Sent extends object> implements DueWork {
  readonly store: ItemStore<Sent>;
  readonly rules: ItemRules<Sent>;
  readonly #durations: Durations;

  constructor(
    readonly resource: StatefulResource<Sent>,
    private readonly services: Services,
  ) {
    this.store = new ItemStore(services.database, resource);
    this.rules = new ItemRules(services.database, resource);
    this.#durations = Object.fromEntries(
      Object.entries(resource.durations).map(([name, setting]) => [
        name,
        Number(services.durations[name] ?? setting.default),
      ]),
    );
  }

  /**
   * Creates an item and returns what a create answers in the project's profile.
   *
   * @throws {Refusal} `bodyTooLarge`, or the resource's own for a duplicate
   */
  create(project: Project, sent: Sent, baseUrl: string): Promise<JsonText> {
    return this.write((transaction) => {
      const id = this.newId();
      const { stages, errorMessage } = this.rules.apply(project.id, sent, this.lifecycles(project).created);
      this.add(transaction, project, { id, sent, errorMessage, ...this.plan(project, stages, 'created') });
      return this.resource.created?.(sent, id, project) ?? this.#get(project, id, baseUrl).text;
    });
  }

  /** Reads an item, which moves it to its next state in projects where reads do. */
  async read(project: Project, id: string, baseUrl: string): Promise<JsonText> {
    const { text, readsLeft } = this.#get(project, id, baseUrl);
    if (readsLeft !== undefined) {
      await this.write((transaction) => {
        const item = this.existing(project, id);
        if (item.readsLeft === undefined) return;
        if (item.readsLeft <= 1) this.resume(transaction, project, item, 'read');
        else this.replace(transaction, project, item, { ...item, readsLeft: item.readsLeft - 1 });
      });
    }
    return text;
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
  ): Promise<JsonText> {
    return this.write((transaction) => {
      const item = this.existing(project, id);
      const sent = change(item);
      this.#check(project, sent, id);
      const { updated } = this.lifecycles(project);
      const ahead = updated && { errorMessage: undefined, ...this.plan(project, updated, 'updated', item) };
      this.replace(transaction, project, item, { ...item, sent, ...ahead });
      return this.#get(project, id, baseUrl).text;
    });
  }

  /** Deletes an item, in whatever state. One that is being deleted already is left alone. @throws {Refusal} */
  delete(project: Project, id: string): Promise<void> {
    return this.write((transaction) => {
      const item = this.existing(project, id);
      if (isBeingDeleted(this.resource, item.state)) return;
      const { deleted = [{ state: this.resource.gone }] } = this.lifecycles(project);
      this.replace(transaction, project, item, { ...item, ...this.plan(project, deleted, 'deleted', item) });
    });
  }

  /** Inserts an item, emits the states it has entered, and sets the alarm for the next. @throws {Refusal} */
  add(transaction: Transaction, project: Project, item: Item<Sent>): void {
    this.#check(project, item.sent);
    this.#save(transaction, project, item);
    this.#emit(transaction, project.id, item.id, past(item.path, project.now));
  }

  /** Replaces an item. */
  replace(transaction: Transaction, project: Project, old: CurrentItem<Sent>, item: Item<Sent>): void {
    this.#save(transaction, project, item, old.seq);
    // The scheduler may not have persisted yet all states that the item has passed.
    const emitted = past(old.path, old.dueAt === undefined ? project.now : old.dueAt - 1).length;
    this.#emit(transaction, project.id, item.id, past(item.path, project.now).slice(emitted));
  }

  /** Moves an item to the next of the stages that time does not bring; the others follow as the movement says. */
  resume(
    transaction: Transaction,
    project: Project,
    item: CurrentItem<Sent>,
    why: string,
    movement = project.pace.movement,
  ): void {
    const ahead = this.plan(project, item.rest, why, item, movement);
    this.replace(transaction, project, item, { ...item, ...ahead });
  }

  /** Plans stages from now on, after the states that `old` has passed. */
  plan(
    project: Project,
    stages: readonly Stage[],
    why: string,
    old?: { readonly path: Path },
    movement = project.pace.movement,
  ): Plan {
    const durations = { ...this.#durations, ...project.pace.durations };
    const ahead = plan(stages, { movement, durations }, project.now, why);
    return { ...ahead, path: [...(old ? past(old.path, project.now) : []), ...ahead.path] };
  }

  lifecycles(project: Project): Lifecycles {
    return this.resource.profiles[project.profile];
  }

  /** The item as it is now. @throws {Refusal} */
  existing(project: Project, id: string): CurrentItem<Sent> {
    return this.store.current(project.id, id, project.now) ?? this.#refuseUnknown(project, id);
  }

  newId(): string {
    return this.services.newId();
  }

  write<T>(work: (transaction: Transaction) => T): Promise<T> {
    return this.services.database.write(work);
  }

  nextDueAt(): number | undefined {
    return this.store.alarms.first();
  }

  moveDue(transaction: Transaction, now: number, limit: number): number {
    let moved = 0;
    // One state of one item at a time: its next may be due before or after those of others.
    for (; moved < limit; moved += 1) {
      const item = this.store.alarms.due(now);
      if (!item) break;
      this.store.move(item);
      const entered = item.path.filter(([, at]) => at === item.dueAt);
      this.#emit(transaction, item.projectId, item.id, entered);
    }
    return moved;
  }

  #save(transaction: Transaction, project: Project, item: Item<Sent>, seq?: number): void {
    const wakeAt = this.store.save(item, project, this.services.clock.now(), seq);
    if (wakeAt === undefined) return;
    transaction.afterCommit(() => {
      this.services.scheduler.wakeAt(wakeAt);
    });
  }

  #get(project: Project, id: string, baseUrl: string): { text: JsonText; readsLeft: number | undefined } {
    return this.store.get(project.id, id, project.now, baseUrl) ?? this.#refuseUnknown(project, id);
  }

  #refuseUnknown(project: Project, id: string): never {
    throw this.resource.notFound(id, project.id);
  }

  /** Refuses what is too large, or has the target of another item. */
  #check(project: Project, sent: Sent, self?: string): void {
    refuseTooLarge(sent);
    const { target } = this.resource;
    const other = target && this.store.sameTarget(project.id, target.of(sent), project.now);
    if (target && other !== undefined && other !== self) throw target.duplicate(other);
  }

  /** Emits, once committed, the states that were entered. */
  #emit(transaction: Transaction, projectId: string, id: string, entered: Path): void {
    transaction.afterCommit(() => {
      for (const [state, at, cause = 'time'] of entered) {
        this.services.events.emit(this.resource.event, projectId, { id, state, at, cause });
      }
    });
  }
}

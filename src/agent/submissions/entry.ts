import type { Failure, JobSelection, Submission } from '../../contract';
import { Journal } from './journal/journal';
import { clustersOf } from './journal/state';
import type { ISentCluster } from './journal/state';
import { cardOf } from './card';
import type { IPlanned } from './planning';
import type { KeptPlan, SubmissionRecord, SubmissionStore } from './store';
import type { IReach, IWatchWorld, IWatchedSubmission } from './watch/submission';
import type { IChosen } from './watch/table';
import { Watch } from './watch/watch';

/** What an entry is given. */
export interface IEntryWorld {
  readonly store: SubmissionStore;
  readonly watch: Pick<IWatchWorld, 'now' | 'log'>;
  /** Throws what keeps the host from being reached. */
  reach(record: SubmissionRecord): Promise<IReach>;
  /** Called, soon and not too often, where what people are told has changed. */
  publish(entry: Entry): void;
}

/** How often at most people are told of changes, and how much of the time goes into it at most. */
const TELL_MS = 300;
const TELL_SHARE = 1 / 20;

/** One submission in this agent: what is kept of it, what its journal says, and its jobs. */
export class Entry {
  constructor(
    private readonly _world: IEntryWorld,
    public record: SubmissionRecord
  ) {
    const folder = _world.store.folderOf(record.token);
    this.watch = new Watch({
      ..._world.watch,
      folder,
      reach: () => this.reach(),
      changed: () => this.changed()
    });
  }

  readonly watch: Watch;
  plan: KeptPlan = NO_PLAN;
  sent: readonly ISentCluster[] = [];
  schedd: string | null = null;
  /** Made when it was checked, and used unless the folder is taken meanwhile. */
  planned: IPlanned | null = null;
  /** Its files lie on the host, and no record says so yet: the disk of this agent may be full. */
  isOnHost = false;
  /** Ends what is being sent; null where nothing is. */
  sending: AbortController | null = null;
  /** Why it waits, and goes on by itself. */
  waiting: Failure | null = null;

  get token(): string {
    return this.record.token;
  }

  get known(): IWatchedSubmission {
    return { plan: this.plan, sent: this.sent };
  }

  get card(): Submission {
    return cardOf({
      record: this.record,
      sent: this.sent,
      jobs: this.watch.summary(this.known),
      isSending: this.sending !== null,
      waiting: this.waiting,
      schedd: this.schedd,
      isSpooled: this.plan.spool
    });
  }

  /** Throws what keeps the host from being reached. */
  reach(): Promise<IReach> {
    return this._world.reach(this.record);
  }

  /** The jobs of a selection, by cluster. */
  chosen(selection: JobSelection): readonly IChosen[] {
    this.watch.summary(this.known); // rows of clusters that were sent meanwhile
    return this.watch.rowsOf(selection);
  }

  /** Reads plan and journal from the disk, where they are. Throws `corrupt`. */
  async load(): Promise<void> {
    if (this.record.phase === 'written') {
      this.plan = await this._world.store.readPlan(this.token);
      if (this.record.origin === 'imported') {
        this.sent = await this._world.store.readSent(this.token);
      }
      await this.readJournal();
    }
    await this.watch.load();
  }

  /** Takes over what another agent of this user wrote; what is being sent here is newest here. */
  async refresh(): Promise<void> {
    if (this.sending === null && this.record.endedAt === null) {
      const wasWanted = this.record.phase === 'wanted';
      this.record = (await this._world.store.read(this.token)) ?? this.record;
      await (wasWanted ? this.load() : this.readJournal());
    }
  }

  /** Reads what the journal says; none was begun: nothing is sent. Throws `corrupt`. */
  async readJournal(): Promise<void> {
    const journal = await Journal.openIfThere(this._world.store.folderOf(this.token));
    if (journal !== null) {
      this.sent = clustersOf(journal.entries);
      this.schedd = journal.created.schedd;
    }
  }

  /** Changes what is kept; on the disk when this resolves. Throws `no-space`, `denied`; nothing changed then. */
  async advance(change: Partial<SubmissionRecord>): Promise<void> {
    const before = this.record;
    const changed = { ...before, ...change };
    this.record = changed; // at once: who changes something else meanwhile must not undo it
    try {
      await this._world.store.save(changed);
    } catch (cause) {
      if (this.record === changed) {
        this.record = before; // or it would never be tried again
      }
      throw cause;
    }
    this.changed();
  }

  /** Tells people, once for all that changes within a moment; at once where somebody waits for it. */
  changed({ atOnce = false }: { readonly atOnce?: boolean } = {}): void {
    if (atOnce) {
      clearTimeout(this._timer ?? undefined);
      this._timer = null;
    }
    this._timer ??= setTimeout(
      () => {
        this._timer = null;
        const begun = performance.now();
        this._world.publish(this);
        this._tellMs = Math.max(TELL_MS, (performance.now() - begun) / TELL_SHARE);
      },
      atOnce ? 0 : this._tellMs
    );
  }

  /** Nothing is told any more. */
  dispose(): void {
    this.sending?.abort();
    clearTimeout(this._timer ?? undefined);
    this._timer = null;
  }

  private _timer: NodeJS.Timeout | null = null;
  private _tellMs = TELL_MS;
}

const NO_PLAN: KeptPlan = { scheduler: 'local', jobsFolder: '', spool: false, clusters: [] };

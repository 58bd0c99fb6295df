import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { submissions, toFailure } from '../../contract';
import type { Call, Failure, JobState, Submission, SubmissionJob } from '../../contract';
import { jobKey, shownJobs } from './job-rows';
import type { IJobFilter, JobKey } from './job-rows';
import type { SubmissionsModel } from './model';

/** Jobs of one answer. */
const PAGE = 10_000;

/** A job by its cluster in the submission. */
interface IOneJob {
  readonly cluster: string;
  readonly proc: number;
}

/** One submission with its jobs, as far as they changed; which are shown and selected. */
export class MonitorModel implements IDisposable {
  constructor(
    private readonly _call: Call,
    readonly token: string,
    private readonly _submissions: SubmissionsModel
  ) {
    _submissions.stateChanged.connect(this._onSubmissions, this);
    this._onSubmissions();
  }

  /** Null where it is not known, or was forgotten. */
  get submission(): Submission | null {
    return this._submissions.find(this.token) ?? null;
  }

  get parent(): Submission | null {
    return this._submissions.find(this.submission?.parent ?? '') ?? null;
  }

  get children(): readonly Submission[] {
    return this._submissions.childrenOf(this.token);
  }

  /** Whether the list was read, so that what is not in it is not there. */
  get isLoaded(): boolean {
    return this._submissions.isLoaded;
  }

  /** All jobs that were read. */
  get jobs(): readonly SubmissionJob[] {
    this._all ??= [...this._byKey.values()];
    return this._all;
  }

  /** Those that the filter leaves, in its order. */
  get shown(): readonly SubmissionJob[] {
    this._shown ??= shownJobs(this.jobs, this._filter);
    return this._shown;
  }

  get filter(): IJobFilter {
    return this._filter;
  }

  /** The selected jobs that are shown; none selected: all that are shown. */
  get chosen(): readonly SubmissionJob[] {
    if (this._selected.size === 0) {
      return this.shown;
    }
    const of = [this.shown, this._selected] as const;
    if (this._chosenOf[0] !== of[0] || this._chosenOf[1] !== of[1]) {
      this._chosen = this.shown.filter(job => this._selected.has(jobKey(job)));
      this._chosenOf = of;
    }
    return this._chosen;
  }

  get selected(): ReadonlySet<string> {
    return this._selected;
  }

  /** The job that is looked at. */
  get looked(): SubmissionJob | null {
    return this._looked === null ? null : (this._byKey.get(this._looked) ?? null);
  }

  /** Why its jobs could not be read. */
  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Looks at logs and queue anew, then at the jobs. */
  async refresh(): Promise<void> {
    try {
      await this._submissions.look(this.token);
      this._failure = null;
    } catch (error) {
      this._failure = toFailure(error);
    }
    await this._follow();
    this._tell();
  }

  toggleState(state: JobState): void {
    const states = new Set(this._filter.states);
    if (!states.delete(state)) {
      states.add(state);
    }
    this._change({ states });
  }

  showAll(): void {
    this._change({ states: new Set(), dataset: null, text: '' });
  }

  /** Shows jobs of one state, those of one dataset where it is given. */
  showOnly(states: readonly JobState[], dataset: string | null = null): void {
    this._change({ states: new Set(states), dataset });
  }

  chooseDataset(dataset: string | null): void {
    this._change({ dataset: dataset === this._filter.dataset ? null : dataset });
  }

  search(text: string): void {
    this._change({ text });
  }

  sort(key: JobKey): void {
    const descending = this._filter.key === key && !this._filter.descending;
    this._change({ key, descending });
  }

  /** Selects a shown row, and looks at it where it is the only one. */
  select(index: number, how: 'one' | 'add' | 'range'): void {
    const job = this.shown[index];
    if (job === undefined) {
      return;
    }
    const key = jobKey(job);
    const anchor =
      this._anchor === null ? -1 : this.shown.findIndex(one => jobKey(one) === this._anchor);
    if (how === 'range' && anchor >= 0) {
      const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)];
      this._selected = new Set(this.shown.slice(from, to + 1).map(jobKey));
    } else if (how === 'add') {
      const selected = new Set(this._selected);
      if (!selected.delete(key)) {
        selected.add(key);
      }
      this._selected = selected;
      this._anchor = key;
    } else {
      this._selected = new Set([key]);
      this._anchor = key;
      this._looked = key;
    }
    this._tell();
  }

  /** The jobs that are as they are for the same reason as one of them; none where that cannot be asked. */
  async alike(one: IOneJob): Promise<readonly SubmissionJob[]> {
    const { token } = this;
    const { cluster, proc } = one;
    try {
      const { jobs } = await this._call(submissions.alike, { token, cluster, proc });
      const keys = jobs.flatMap(({ cluster: name, procs }) =>
        procs.map(number => jobKey({ cluster: name, proc: number }))
      );
      return keys.flatMap(key => this._byKey.get(key) ?? []);
    } catch (error) {
      this._failure = toFailure(error);
      this._tell();
      return [];
    }
  }

  /** Selects them, and shows all of that state. */
  async selectAlike(one: IOneJob & { readonly state: JobState }): Promise<void> {
    const jobs = await this.alike(one);
    this._change({ states: new Set([one.state]), dataset: null, text: '' });
    this._selected = new Set(jobs.map(jobKey));
    this._tell();
  }

  /** Selects all that are shown. */
  selectAll(): void {
    this._selected = new Set(this.shown.map(jobKey));
    this._tell();
  }

  selectNone(): void {
    this._selected = new Set();
    this._tell();
  }

  /** Looks at one job; null: at none. */
  look(job: IOneJob | null): void {
    this._looked = job === null ? null : jobKey(job);
    this._tell();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._submissions.stateChanged.disconnect(this._onSubmissions, this);
      Signal.clearData(this);
    }
  }

  private _onSubmissions(): void {
    void this._follow();
    this._tell();
  }

  /** Reads the jobs that changed, one question at a time. */
  private async _follow(): Promise<void> {
    if (this._isReading) {
      return;
    }
    this._isReading = true;
    try {
      while (!this._isDisposed && this._revision < (this.submission?.revision ?? 0)) {
        const before = this._revision;
        const body = { token: this.token, after: this._revision, most: PAGE };
        const { jobs, revision, more } = await this._call(submissions.jobs, body);
        jobs.forEach(job => this._byKey.set(jobKey(job), job));
        this._revision = revision;
        this._failure = null;
        this._all = null;
        this._shown = null;
        this._tell();
        if (!more && revision === before) {
          return; // it was told of a revision that the jobs do not have yet
        }
      }
    } catch (error) {
      this._failure = toFailure(error);
      this._tell();
    } finally {
      this._isReading = false;
    }
  }

  private _change(change: Partial<IJobFilter>): void {
    this._filter = { ...this._filter, ...change };
    this._shown = null;
    this._selected = new Set();
    this._anchor = null;
    this._tell();
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._stateChanged.emit();
    }
  }

  private readonly _byKey = new Map<string, SubmissionJob>();
  private _all: readonly SubmissionJob[] | null = null;
  private _shown: readonly SubmissionJob[] | null = null;
  private _filter: IJobFilter = {
    states: new Set(),
    dataset: null,
    text: '',
    key: 'job',
    descending: false
  };
  /** Held because each drawing asks, and with many jobs it takes longer than a frame. */
  private _chosen: readonly SubmissionJob[] = [];
  private _chosenOf: readonly [readonly SubmissionJob[] | null, ReadonlySet<string> | null] = [
    null,
    null
  ];
  private _selected: ReadonlySet<string> = new Set();
  private _anchor: string | null = null;
  private _looked: string | null = null;
  private _revision = 0;
  private _isReading = false;
  private _failure: Failure | null = null;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { HepbatchError, audits, toFailure } from '../../contract';
import type { AgentEvent, Audit, Call, ChunkRow, DatasetRow } from '../../contract';
import type { Failure, FileRow, RowCounts } from '../../contract';
import { Pages } from '../table/pages';
import { ReportView } from './report-view';
import { viewDatasets } from './dataset-order';

/** Milliseconds between two readings of an answer that still grows. */
const GROWING = 1500;

/** What was asked of one thing: the answer, why there is none, or null while it is under way. */
export type Asked<T> = { readonly answer: T } | { readonly failure: Failure } | null;

/** One audit and its results, as far as they are looked at. */
export class ReportModel implements IDisposable {
  constructor(options: ReportModel.IOptions) {
    this.id = options.id;
    this._call = options.call;
    this._heard = options.heard;
    this._growing = options.growing ?? GROWING;
    this._heard.connect(this._onHeard, this);
    this.view.changed.connect(this._onView, this);
  }

  readonly id: string;
  /** What of the results is shown. */
  readonly view = new ReportView();
  readonly files = new Pages<FileRow>((offset, limit) =>
    this._call(audits.files, { ...this.view.query(this.id), offset, limit })
  );
  readonly stale = new Pages<string>((...page) => this._names('stale', ...page));
  readonly foreign = new Pages<string>((...page) => this._names('foreign', ...page));

  /** Null until it was read. */
  get audit(): Audit | null {
    return this._audit;
  }

  /** Why the audit or its datasets could not be read. */
  get failure(): Failure | null {
    return this._failure;
  }

  /** All datasets, in the order of the samples JSON. */
  get datasets(): readonly DatasetRow[] {
    return this._datasets;
  }

  /** The datasets that the view shows, in its order. */
  get shownDatasets(): readonly DatasetRow[] {
    this._shown ??= viewDatasets(this._datasets, this.view);
    return this._shown;
  }

  /** Folders in the output folder that the samples JSON does not name. */
  get notInJson(): readonly string[] {
    return this._notInJson;
  }

  /** Chunks of the file that is looked at. */
  get chunks(): Asked<readonly ChunkRow[]> {
    return this._chunks;
  }

  /** Row counts of the datasets for which they were asked. */
  get rowCounts(): ReadonlyMap<string, Asked<RowCounts>> {
    return this._rowCounts;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Reads the audit and what it found. */
  async refresh(): Promise<void> {
    try {
      const told = this._told;
      const audit = await this._call(audits.read, { id: this.id });
      if (told === this._told) {
        this.show(audit, true);
      } else {
        await this._results(); // what was told while the answer was on its way is newer
      }
    } catch (error) {
      this._fail(error);
    }
  }

  /** Takes the audit as it is now; reads its results where they may have changed. */
  show(audit: Audit, anew = false): void {
    const known = this._audit;
    this._audit = audit;
    this._failure = null;
    if (audit.summary !== null && (anew || differ(known, audit))) {
      void this._results();
    }
    this._stateChanged.emit();
  }

  /** Ends the audit, where it runs. */
  async cancel(): Promise<void> {
    const told = this._told;
    const audit = await this._call(audits.cancel, { id: this.id });
    if (told === this._told) {
      this.show(audit);
    }
  }

  /** Looks at one file: its chunks are read from the disk now. */
  async look(file: FileRow | null): Promise<void> {
    this.view.file = file;
    this._chunks = null;
    this._stateChanged.emit();
    if (file !== null) {
      const { dataset, file: url } = file;
      const body = { id: this.id, dataset, file: url };
      const asked = await this._ask(() => this._call(audits.chunks, body));
      if (this.view.file === file) {
        this._chunks = asked;
        this._stateChanged.emit();
      }
    }
  }

  /** Reads the footers of the nominal chunks of one dataset. */
  async countRows(dataset: string): Promise<void> {
    this._rowCounts.set(dataset, null);
    this._stateChanged.emit();
    const asked = await this._ask(() => this._call(audits.rows, { id: this.id, dataset }));
    this._rowCounts.set(dataset, asked);
    this._stateChanged.emit();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._later);
      this._heard.disconnect(this._onHeard, this);
      for (const part of [this.view, this.files, this.stale, this.foreign]) {
        part.dispose();
      }
      Signal.clearData(this);
    }
  }

  private _onHeard(_: unknown, event: AgentEvent): void {
    if (event.topic === 'reset') {
      void this.refresh();
    } else if (event.topic === 'audit' && event.audit.id === this.id) {
      this._told += 1;
      this.show(event.audit);
    } else if (event.topic === 'audit-removed' && event.id === this.id) {
      this._told += 1;
      this._fail(
        new HepbatchError('not-found', 'This audit was removed.', { next: 'Start it again.' })
      );
    }
  }

  /** One reading at a time; while the audit runs, with a pause between them. */
  private async _results(): Promise<void> {
    if (this._isReading) {
      this._again = true;
      return;
    }
    this._isReading = true;
    this._again = false;
    const final = this._audit?.state !== 'running';
    try {
      const { datasets, notInJson } = await this._call(audits.datasets, { id: this.id });
      this._datasets = datasets;
      this._notInJson = notInJson;
      this._shown = null;
      this.view.keep(new Set(datasets.map(({ dataset }) => dataset)));
      for (const part of [this.files, this.stale, this.foreign]) {
        part.renew();
      }
      this._failure = null;
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
    this._later = setTimeout(
      () => {
        this._isReading = false;
        if (this._again && !this._isDisposed) {
          void this._results();
        }
      },
      final ? 0 : this._growing
    );
  }

  private _onView(_: ReportView, what: ReportView.Change): void {
    this._shown = null;
    if (what !== 'drawing') {
      this.files.restart();
    }
    if (what === 'datasets') {
      this.stale.restart();
      this.foreign.restart();
      const { file, selected } = this.view;
      if (file !== null && selected.size > 0 && !selected.has(file.dataset)) {
        void this.look(null);
      }
    }
    this._stateChanged.emit();
  }

  private _names(kind: 'stale' | 'foreign', offset: number, limit: number) {
    const datasets = this.view.chosen;
    return this._call(audits.names, { id: this.id, kind, datasets, offset, limit });
  }

  private async _ask<T>(ask: () => Promise<T>): Promise<Asked<T>> {
    try {
      return { answer: await ask() };
    } catch (error) {
      return { failure: toFailure(error) };
    }
  }

  private _fail(error: unknown): void {
    this._failure = toFailure(error);
    this._stateChanged.emit();
  }

  private readonly _call: Call;
  private readonly _heard: ISignal<unknown, AgentEvent>;
  private readonly _growing: number;
  private readonly _rowCounts = new Map<string, Asked<RowCounts>>();
  private readonly _stateChanged = new Signal<this, void>(this);
  private _audit: Audit | null = null;
  /** How often something was told of this audit. */
  private _told = 0;
  private _failure: Failure | null = null;
  private _datasets: readonly DatasetRow[] = [];
  private _shown: readonly DatasetRow[] | null = null;
  private _notInJson: readonly string[] = [];
  private _chunks: Asked<readonly ChunkRow[]> = null;
  private _isReading = false;
  private _again = false;
  private _later: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
}

/** Whether the results of an audit may be others now. */
function differ(known: Audit | null, audit: Audit): boolean {
  return (
    known === null ||
    known.state !== audit.state ||
    known.checked !== audit.checked ||
    JSON.stringify(known.summary) !== JSON.stringify(audit.summary)
  );
}

/** Types of the report model. */
export namespace ReportModel {
  /** What the model is made of. */
  export interface IOptions {
    readonly id: string;
    readonly call: Call;
    /** What the agent tells. */
    readonly heard: ISignal<unknown, AgentEvent>;
    /** Milliseconds between two readings while the audit runs. */
    readonly growing?: number;
  }
}

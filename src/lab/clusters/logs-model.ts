import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import * as z from 'zod';
import { clusters, toFailure } from '../../contract';
import type { Call, ClusterLog, Failure } from '../../contract';

/** Bytes that are read at once, and characters that are kept of a log. */
const PIECE = 65_536;
const KEPT = 1_000_000;

/** Lines that contain a text. */
export type Found = z.output<typeof clusters.searchLogs.reply>;

/** The logs of a cluster, one of them followed as it grows. */
export class LogsModel implements IDisposable {
  /** `isSeen`: nothing is asked while nobody looks. */
  constructor(
    private readonly _call: Call,
    private readonly _id: string,
    private readonly _isSeen: () => boolean = () => true
  ) {
    this._poll = new Poll({
      name: 'hepbatch:logs',
      factory: () => this._follow(),
      frequency: { interval: 1000, backoff: true, max: 15_000 },
      standby: () => !this._isSeen()
    });
  }

  get logs(): readonly ClusterLog[] {
    return this._logs;
  }

  /** The one that is shown; null before there is one. */
  get chosen(): ClusterLog | null {
    return this._logs.find(({ id }) => id === this._chosen) ?? null;
  }

  /** What was read of it. */
  get text(): string {
    return this._text;
  }

  /** Bytes before the text. */
  get before(): number {
    return this._first;
  }

  /** What was found by the last search; null: nothing is searched. */
  get found(): Found | null {
    return this._found;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** Shows a log from its end, or from somewhere before a line. */
  choose(id: string, offset: number | null = null): void {
    this._chosen = id;
    this._text = '';
    this._first = 0;
    this._next = offset ?? -PIECE;
    this._failure = null;
    this._age += 1;
    this._stateChanged.emit();
    void this._poll.refresh();
  }

  /** Reads what comes before the text. */
  async earlier(): Promise<void> {
    const { _age: age, _first: first } = this;
    const offset = Math.max(first - PIECE, 0);
    const body = { id: this._id, log: this._chosen ?? '', offset, most: first - offset };
    try {
      const piece = await this._call(clusters.readLog, body);
      // Else another log is shown, or what came before this text is there already.
      if (age === this._age && first === this._first) {
        this._text = piece.text + this._text;
        this._first = piece.offset;
      }
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
  }

  /** Looks for a text in all logs; an empty one ends the search. */
  async search(text: string): Promise<void> {
    this._searched = text;
    try {
      const found =
        text === '' ? null : await this._call(clusters.searchLogs, { id: this._id, text });
      if (text === this._searched) {
        this._found = found;
        this._failure = null;
      }
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
  }

  /** Tries again now. */
  retry(): void {
    this._failure = null;
    void this._poll.refresh();
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** One look: the list, and what is new of the log that is shown. */
  private async _follow(): Promise<void> {
    const before = JSON.stringify([this._logs, this._text.length, this._failure]);
    try {
      this._logs = (await this._call(clusters.logs, { id: this._id })).logs;
      this._chosen ??= this._logs[0]?.id ?? null;
      await this._readOn();
      this._failure = null;
    } catch (error) {
      this._failure = toFailure(error);
      throw error; // so that it is asked less often
    } finally {
      if (JSON.stringify([this._logs, this._text.length, this._failure]) !== before) {
        this._stateChanged.emit();
      }
    }
  }

  private async _readOn(): Promise<void> {
    const { chosen } = this;
    const age = this._age;
    if (chosen === null || chosen.bytes === null || chosen.bytes === this._next) {
      return;
    }
    const body = { id: this._id, log: chosen.id, offset: this._next, most: PIECE };
    const piece = await this._call(clusters.readLog, body);
    if (age !== this._age) {
      return;
    }
    const isBegin = this._text === '';
    if (piece.next < this._next && !isBegin) {
      this._text = ''; // it was begun anew
    }
    this._first = isBegin ? piece.offset : this._first;
    this._text += piece.text;
    this._next = piece.next;
    const over = this._text.length - KEPT;
    if (over > 0) {
      const cut = this._text.indexOf('\n', over) + 1;
      this._first += new TextEncoder().encode(this._text.slice(0, cut)).length;
      this._text = this._text.slice(cut);
    }
    if (piece.next < piece.size) {
      void this._poll.refresh(); // there is more at once
    }
  }

  private readonly _poll: Poll;
  private _logs: readonly ClusterLog[] = [];
  private _chosen: string | null = null;
  private _text = '';
  private _first = 0;
  private _next = -PIECE;
  private _found: Found | null = null;
  private _searched = '';
  private _failure: Failure | null = null;
  private _age = 0;
  private readonly _stateChanged = new Signal<this, void>(this);
}

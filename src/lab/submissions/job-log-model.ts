import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type * as z from 'zod';
import { submissions, toFailure } from '../../contract';
import type { Call, Failure } from '../../contract';

type Piece = z.output<typeof submissions.readLog.reply>;
type Input = z.output<typeof submissions.input.reply>;

/** What can be looked at of a job. */
export const STREAMS = ['error', 'output', 'events', 'input'] as const;
export type Stream = (typeof STREAMS)[number];

/** Bytes of one answer, and characters that are kept. */
const PIECE = 65_536;
const KEPT = 1_000_000;

/** What one job wrote, followed while it is seen, and what it reads. */
export class JobLogModel implements IDisposable {
  /** `isSeen` is false while nobody looks; then nothing is asked. */
  constructor(
    private readonly _call: Call,
    private readonly _job: {
      readonly token: string;
      readonly cluster: string;
      readonly proc: number;
    },
    isSeen: () => boolean = () => true
  ) {
    this._poll = new Poll({
      name: 'hepbatch:job-log',
      factory: () => this._follow(),
      frequency: { interval: 2000, backoff: true, max: 30_000 },
      standby: () => !isSeen()
    });
  }

  get stream(): Stream {
    return this._stream;
  }

  get text(): string {
    return this._text;
  }

  /** Where it lies on the host; null before it was read. */
  get path(): string | null {
    return this._path;
  }

  /** The command that runs this job here; null before it was asked for. */
  get input(): Input | null {
    return this._input;
  }

  /** The exception that ended the job, with all of its lines; null where there is none, or not yet. */
  get exception(): string | null {
    return this._exception;
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

  choose(stream: Stream): void {
    this._stream = stream;
    this._text = '';
    this._path = null;
    this._next = -PIECE;
    this._failure = null;
    this._age += 1;
    this._stateChanged.emit();
    void this._poll.refresh();
  }

  /** Asks what the job reads and how it is run here. */
  async readInput(): Promise<Input> {
    this._input ??= await this._call(submissions.input, this._job);
    return this._input;
  }

  /** Asks for the exception that ended the job. */
  async lookForException(): Promise<void> {
    try {
      this._exception = (await this._call(submissions.exception, this._job)).exception;
    } catch {
      this._exception = null; // its log, which is shown below, says why it cannot be read
    }
    if (!this.isDisposed) {
      this._stateChanged.emit();
    }
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _follow(): Promise<void> {
    const age = this._age;
    const before = this._shown();
    try {
      if (this._stream === 'input') {
        const { text, samplesJson } = await this.readInput();
        if (age === this._age) {
          this._text = text;
          this._path = samplesJson;
        }
      } else {
        const body = { ...this._job, stream: this._stream, offset: this._next, most: PIECE };
        const piece = await this._call(submissions.readLog, body);
        if (age === this._age) {
          this._take(piece);
        }
      }
      this._failure = null;
    } catch (error) {
      if (age === this._age) {
        this._failure = toFailure(error);
      }
      throw error; // so that it is asked less often
    } finally {
      if (age === this._age && this._shown() !== before) {
        this._stateChanged.emit();
      }
    }
  }

  private _shown(): string {
    return JSON.stringify([this._text.length, this._path, this._failure, this._next]);
  }

  private _take(piece: Piece): void {
    this._text = piece.next < this._next ? piece.text : this._text + piece.text;
    this._text = this._text.slice(-KEPT);
    this._next = piece.next;
    this._path = piece.path;
    if (piece.next < piece.size) {
      void this._poll.refresh(); // there is more at once
    }
  }

  private readonly _poll: Poll;
  private _stream: Stream = 'error';
  private _text = '';
  private _path: string | null = null;
  private _next = -PIECE;
  private _input: Input | null = null;
  private _exception: string | null = null;
  private _failure: Failure | null = null;
  private _age = 0;
  private readonly _stateChanged = new Signal<this, void>(this);
}

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { environments, toFailure } from '../../contract';
import type { Call, Environment, Failure, Interpreter } from '../../contract';

/** Milliseconds before those that are being checked are asked for again. */
const AGAIN_MS = 1000;

/** The Pythons that a new cluster of a connection can run with, and which one is chosen. */
export class EnvironmentsModel implements IDisposable {
  /** `kernel`: that of the user's notebook, with which versions are compared. */
  constructor(
    private readonly _call: Call,
    private readonly _kernel: string | null
  ) {}

  get environments(): readonly Environment[] {
    return this._environments;
  }

  /** False until the list of this connection was read. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  /** Null: that of the connection. */
  get chosen(): Interpreter | null {
    return this._chosen;
  }

  /** What differs between the chosen one and the notebook's kernel. */
  get mismatches(): readonly string[] {
    return this._mismatches;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Reads what there is on a connection; `wanted` is chosen if it is there. `isOwn`: the connection
   * itself names one.
   */
  async load(connection: string, wanted: Interpreter | null, isOwn: boolean): Promise<void> {
    this._connection = connection;
    this._environments = [];
    this._chosen = wanted;
    this._mismatches = [];
    this._isLoaded = false;
    this._failure = null;
    this._isOwn = isOwn;
    this._wasChosen = wanted !== null || isOwn;
    this._stateChanged.emit();
    await this._read(connection);
  }

  /** Reads the list again; what is chosen stays so. */
  async refresh(): Promise<void> {
    this._failure = null;
    this._stateChanged.emit();
    await this._read(this._connection);
  }

  choose(chosen: Interpreter | null): void {
    this._wasChosen = true;
    this._take(chosen);
  }

  /** Looks at an interpreter that is named by hand, and chooses it. */
  async add(path: string): Promise<void> {
    const connection = this._connection;
    const interpreter = { kind: 'python', path } as const;
    try {
      const body = { connection, interpreter, kernel: this._kernel };
      const { environment, mismatches } = await this._call(environments.check, body);
      if (connection === this._connection) {
        const added = this._added.get(connection) ?? [];
        this._added.set(connection, [...without(added, [environment]), environment]);
        this._environments = [...without(this._environments, [environment]), environment];
        this._failure = null;
        if (environment.state !== 'unusable') {
          this._wasChosen = true;
          this._chosen = environment.interpreter;
          this._mismatches = mismatches;
        }
      }
    } catch (error) {
      this._failure = toFailure(error);
    }
    this._stateChanged.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private async _read(connection: string): Promise<void> {
    clearTimeout(this._timer);
    try {
      const body = { connection, kernel: this._kernel };
      const listed = await this._call(environments.list, body);
      if (connection !== this._connection || this._isDisposed) {
        return;
      }
      const added = this._added.get(connection) ?? [];
      this._environments = [...listed.environments, ...without(added, listed.environments)];
      if (!this._isLoaded) {
        this._isLoaded = true;
        await this._lookForChosen();
      }
      this._preselect();
      if (listed.environments.some(({ state }) => state === 'checking')) {
        this._timer = setTimeout(() => void this._read(connection), AGAIN_MS);
      }
    } catch (error) {
      if (connection === this._connection) {
        this._failure = toFailure(error);
      }
    }
    this._stateChanged.emit();
  }

  /** What was wanted and is not listed: a path that was named by hand, or a kernel that is gone. */
  private async _lookForChosen(): Promise<void> {
    const { _chosen: chosen } = this;
    const isListed = this._environments.some(({ interpreter }) => isSame(interpreter, chosen));
    if (chosen === null || isListed) {
      return;
    }
    if (chosen.kind === 'python') {
      await this.add(chosen.path);
    } else {
      this._chosen = null;
      this._wasChosen = this._isOwn;
    }
  }

  /** Nobody chose yet: the kernel of the notebook, else the first that can be used. */
  private _preselect(): void {
    if (this._wasChosen) {
      return;
    }
    const usable = this._environments.filter(({ state }) => state === 'usable');
    const ofKernel = usable.find(
      ({ interpreter }) => interpreter.kind === 'kernel' && interpreter.name === this._kernel
    );
    const best = (ofKernel ?? usable[0])?.interpreter ?? null;
    if (best !== null && !isSame(best, this._chosen)) {
      this._take(best);
    }
  }

  private _take(chosen: Interpreter | null): void {
    this._chosen = chosen;
    this._mismatches = [];
    this._stateChanged.emit();
    if (chosen !== null && this._kernel !== null) {
      void this._compare(chosen);
    }
  }

  private async _compare(interpreter: Interpreter): Promise<void> {
    const body = { connection: this._connection, interpreter, kernel: this._kernel };
    // What cannot be compared now is said when the cluster is started.
    const answer = await this._call(environments.check, body).catch(() => null);
    if (answer !== null && isSame(interpreter, this._chosen) && !this._isDisposed) {
      this._mismatches = answer.mismatches;
      this._stateChanged.emit();
    }
  }

  private _connection = '';
  private _environments: readonly Environment[] = [];
  /** Those named by hand, by connection: what lies there lies nowhere else. */
  private readonly _added = new Map<string, readonly Environment[]>();
  private _chosen: Interpreter | null = null;
  private _isOwn = false;
  private _wasChosen = false;
  private _mismatches: readonly string[] = [];
  private _isLoaded = false;
  private _failure: Failure | null = null;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private readonly _stateChanged = new Signal<this, void>(this);
}

/** Those that are not among the others. */
function without(these: readonly Environment[], others: readonly Environment[]): Environment[] {
  return these.filter(
    ({ interpreter }) => !others.some(other => isSame(other.interpreter, interpreter))
  );
}

/** Whether two choices are the same Python. */
export function isSame(one: Interpreter | null, other: Interpreter | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

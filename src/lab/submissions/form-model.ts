import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { submissions, toFailure } from '../../contract';
import type {
  Call,
  Failure,
  Interpreter,
  Submission,
  SubmissionPreview,
  SubmissionRequest
} from '../../contract';
import { EnvironmentsModel } from '../clusters/environments-model';
import type { ConnectionsModel } from '../connections/model';
import { FormValues, readValues } from './form-values';
import type { FormErrors } from './form-values';
import type { SubmissionsModel } from './model';
import { vanillaProfiles } from './vanilla-profile';
import type { VanillaProfile } from './vanilla-profile';

/** Milliseconds without a change before the clusters are counted. */
const PAUSE = 700;

/** What is being asked. */
type Busy = 'preview' | 'submit' | 'samples';

/** The form of a new submission: what to run, where, how; preview, submit. */
export class SubmissionForm implements IDisposable {
  constructor(private readonly _options: SubmissionForm.IOptions) {
    this._values = _options.first;
    this.environments = new EnvironmentsModel(_options.call, null);
    this.environments.stateChanged.connect(this._onEnvironments, this);
    _options.connections.stateChanged.connect(this._onConnections, this);
    this._onConnections();
    this._countLater();
  }

  /** The Pythons of the chosen connection. */
  readonly environments: EnvironmentsModel;

  /** Whose missing files it runs; null: nobody's. */
  get parent(): string | null {
    return this._options.parent;
  }

  get profiles(): readonly VanillaProfile[] {
    return vanillaProfiles(this._options.connections.connections);
  }

  /** The chosen one; null: there is none. */
  get profile(): VanillaProfile | null {
    return this.profiles.find(({ id }) => id === this._values.connection) ?? null;
  }

  /** Whether the host of the chosen connection can be asked now. */
  get isReachable(): boolean {
    const found = this._options.connections.find(this._values.connection);
    return this.profile?.host.kind === 'local' || found?.state === 'open';
  }

  get values(): FormValues {
    return this._values;
  }

  /** What is wrong; empty before the first attempt. */
  get errors(): FormErrors {
    return this._errors;
  }

  /** What would be written and run; null before somebody asked. */
  get preview(): SubmissionPreview | null {
    return this._preview;
  }

  /** Whether the form was changed since. */
  get isStale(): boolean {
    return this._previewOf !== this._state();
  }

  /** How much it is; null while that is not known. */
  get counts(): SubmissionPreview['counts'] | null {
    return this._countsOf === this._state() ? this._counts : null;
  }

  get failure(): Failure | null {
    return this._failure;
  }

  get busy(): Busy | null {
    return this._busy;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  change(values: Partial<FormValues>): void {
    this._values = { ...this._values, ...values };
    if (this._wasTried) {
      this._read();
    }
    if (values.connection !== undefined) {
      this._onConnections();
    }
    this._countLater();
    this._tell();
  }

  /**
   * Opens the editor of the samples JSON with what the named file holds, else that of the runner JSON,
   * else with nothing. A named file that cannot be read stays a path, and the error says why.
   */
  async editSamples(): Promise<void> {
    const { connection, samples, runner, runnerGiven } = this._values;
    const asked = {
      connection,
      runner: runnerGiven ?? (runner.trim() === '' ? null : path(runner)),
      samples: samples.trim() === '' ? null : samples.trim()
    };
    const empty = { name: 'samples.json', text: '' };
    if (this._busy !== null) {
      return;
    }
    if (asked.samples === null && asked.runner === null) {
      this.change({ samplesEdited: empty });
      return;
    }
    this._busy = 'samples';
    this._tell();
    try {
      const { name, text } = await this._options.call(submissions.samples, asked);
      this.change({ samplesEdited: { name, text } });
    } catch (error) {
      if (asked.samples === null) {
        this.change({ samplesEdited: empty });
      }
      const { message, data } = toFailure(error);
      this._errors = { ...this._errors, samples: `${message}. ${data.next}` };
    } finally {
      this._busy = null;
      this._tell();
    }
  }

  /** Asks what would be written and run; null where something is wrong with the fields. */
  async look(): Promise<SubmissionPreview | null> {
    const request = this._begin('preview');
    if (request === null) {
      return null;
    }
    const of = this._state();
    await this._try(async () => {
      this._preview = await this._options.submissions.preview(request, this.parent);
      this._previewOf = of;
      this._counts = this._preview.counts;
      this._countsOf = of;
    });
    return this._previewOf === of ? this._preview : null;
  }

  /** Reads further files of the preview. */
  async more(): Promise<void> {
    const shown = this._preview;
    const { request } = this._parse();
    if (shown === null || request === null || this.isStale || this._busy !== null) {
      return;
    }
    this._busy = 'preview';
    await this._try(async () => {
      const offset = shown.files.length;
      const page = await this._options.submissions.preview(request, this.parent, {
        ...{ stamp: shown.stamp, offset }
      });
      this._preview = { ...shown, files: [...shown.files, ...page.files] };
    });
  }

  /**
   * Submits it; null where it was not. The same form asks with the same token, so that an answer
   * that was lost does no harm.
   */
  async submit(): Promise<Submission | null> {
    const request = this._begin('submit');
    if (request === null) {
      return null;
    }
    const of = this._state();
    this._token = this._tokenOf === of ? this._token : UUID.uuid4();
    this._tokenOf = of;
    let submitted: Submission | null = null;
    await this._try(async () => {
      submitted = await this._options.submissions.submit(this._token, request, this.parent);
      await this._options.keep(this._values, request.interpreter);
    });
    return submitted;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      clearTimeout(this._timer);
      this._options.connections.stateChanged.disconnect(this._onConnections, this);
      this.environments.dispose();
      Signal.clearData(this);
    }
  }

  private _begin(busy: Busy): SubmissionRequest | null {
    if (this._busy !== null) {
      return null;
    }
    this._wasTried = true;
    this._failure = null;
    const request = this._read();
    this._busy = request === null ? null : busy;
    this._tell();
    return request;
  }

  private async _try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this._failure = toFailure(error);
    } finally {
      this._busy = null;
      this._tell();
    }
  }

  private _parse() {
    return readValues(this._values, this.environments.chosen, this._options.trans);
  }

  private _read(): SubmissionRequest | null {
    const { request, errors } = this._parse();
    this._errors = errors;
    return request;
  }

  private _state(): string {
    return JSON.stringify([this._values, this.environments.chosen]);
  }

  /** Counts datasets, jobs and clusters once nobody types. */
  private _countLater(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this._count(), this._options.pause ?? PAUSE);
  }

  private async _count(): Promise<void> {
    const { request } = this._parse();
    const of = this._state();
    if (request === null || !this.isReachable || this._countsOf === of || this._isDisposed) {
      return;
    }
    try {
      this._counts = (await this._options.submissions.preview(request, this.parent)).counts;
    } catch {
      this._counts = null; // the preview, when it is asked for, tells why
    }
    this._countsOf = of;
    this._tell();
  }

  private _onEnvironments(): void {
    this._countLater();
    this._tell();
  }

  /** A connection that opened can be asked for its Pythons. */
  private _onConnections(): void {
    const { profile, _wasReachable: wasReachable } = this;
    this._wasReachable = profile !== null && this.isReachable;
    if (profile !== null && this._wasReachable) {
      if (this._loaded !== profile.id) {
        this._loaded = profile.id;
        const isOwn = profile.defaults.python !== undefined;
        void this.environments.load(profile.id, this._options.interpreter, isOwn);
      } else if (!wasReachable) {
        void this.environments.refresh();
      }
    }
    this._tell();
  }

  private _tell(): void {
    this._stateChanged.emit();
  }

  private _values: FormValues;
  private _errors: FormErrors = {};
  private _preview: SubmissionPreview | null = null;
  private _previewOf: string | null = null;
  private _counts: SubmissionPreview['counts'] | null = null;
  private _countsOf: string | null = null;
  private _failure: Failure | null = null;
  private _busy: Busy | null = null;
  private _wasTried = false;
  private _loaded: string | null = null;
  private _wasReachable = false;
  private _token = '';
  private _tokenOf: string | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}

function path(typed: string) {
  return { kind: 'path' as const, path: typed.trim() };
}

/** Types of the form. */
export namespace SubmissionForm {
  /** What the form is made of. */
  export interface IOptions {
    readonly call: Call;
    readonly submissions: SubmissionsModel;
    readonly connections: ConnectionsModel;
    /** What it is filled with at first. */
    readonly first: FormValues;
    readonly interpreter: Interpreter | null;
    readonly parent: string | null;
    /** Remembers the choices for the next form. */
    readonly keep: (values: FormValues, interpreter: Interpreter | null) => Promise<void>;
    /** Milliseconds before the clusters are counted. */
    readonly pause?: number;
    readonly trans: TranslationBundle;
  }
}

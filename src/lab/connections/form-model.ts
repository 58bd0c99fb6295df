import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../../contract';
import type { AgentEvent, Call, Connection, ConnectionProfile, Failure } from '../../contract';
import { idOf, readForm } from './form-values';
import type { FormErrors, IFormValues } from './form-values';
import type { ConnectionsModel } from './model';
import { ProfileTest } from './profile-test';

/** The form of one connection: what is filled in, what is wrong with it, and its trial. */
export class ConnectionForm implements IDisposable {
  constructor(private readonly _options: ConnectionForm.IOptions) {
    const { call, heard, first, replaces } = _options;
    this._values = first;
    this._saved = JSON.stringify(first);
    this._idFollows = replaces === null;
    this.trial = new ProfileTest(call, heard);
    this.trial.stateChanged.connect(this._tell, this);
  }

  /** The trial of what is filled in. */
  readonly trial: ProfileTest;

  get values(): IFormValues {
    return this._values;
  }

  /** What is wrong; empty before the first attempt to use what is filled in. */
  get errors(): FormErrors {
    return this._errors;
  }

  /** Why it could not be saved. */
  get failure(): Failure | null {
    return this._failure;
  }

  get isSaving(): boolean {
    return this._isSaving;
  }

  /** Whether something would be lost. */
  get isDirty(): boolean {
    return JSON.stringify(this._values) !== this._saved;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Takes what is filled in; the id follows the title until somebody writes an own one. */
  change(values: IFormValues): void {
    const old = this._values;
    const retitled = (values.title ?? '') !== (old.title ?? '');
    if (values.id !== old.id) {
      this._idFollows = values.id === undefined || values.id === '';
    }
    const title = typeof values.title === 'string' ? values.title : '';
    const id = this._idFollows && retitled ? idOf(title, this._taken()) : values.id;
    this._values = { ...values, ...(id === '' ? { id: undefined } : { id }) };
    if (this._wasTried) {
      this._read();
    }
    this._tell();
  }

  /** Keeps the profile; null where something is wrong. */
  async save(): Promise<Connection | null> {
    if (this._isSaving) {
      return null;
    }
    const profile = this._begin();
    this._isSaving = profile !== null;
    this._tell();
    if (profile === null) {
      return null;
    }
    try {
      const saved = await this._options.connections.save(profile, this._options.replaces);
      this._saved = JSON.stringify(this._values);
      return saved;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'conflict') {
        this._errors = { id: failure.message };
      } else {
        this._failure = failure;
      }
      return null;
    } finally {
      this._isSaving = false;
      this._tell();
    }
  }

  /** Tries what is filled in, without saving it; false where something is wrong with it. */
  test(): boolean {
    const profile = this._begin();
    this._tell();
    if (profile !== null) {
      void this.trial.start(profile);
    }
    return profile !== null;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.trial.dispose();
      Signal.clearData(this);
    }
  }

  private _begin(): ConnectionProfile | null {
    this._wasTried = true;
    this._failure = null;
    return this._read();
  }

  private _read(): ConnectionProfile | null {
    const { profile, errors } = readForm(this._values, this._options.trans);
    this._errors = errors;
    return profile;
  }

  private _taken(): ReadonlySet<string> {
    const { connections, replaces } = this._options;
    const ids = connections.connections.map(({ profile }) => profile.id);
    return new Set(ids.filter(id => id !== replaces));
  }

  private _tell(): void {
    this._stateChanged.emit();
  }

  private _values: IFormValues;
  private _saved: string;
  private _idFollows: boolean;
  private _errors: FormErrors = {};
  private _failure: Failure | null = null;
  private _wasTried = false;
  private _isSaving = false;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}

/** Types of the form. */
export namespace ConnectionForm {
  /** What the form is made of. */
  export interface IOptions {
    readonly call: Call;
    readonly heard: ISignal<unknown, AgentEvent>;
    readonly connections: ConnectionsModel;
    readonly first: IFormValues;
    /** Id of the profile that is edited; null: it becomes a new one. */
    readonly replaces: string | null;
    readonly trans: TranslationBundle;
  }
}

import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { toFailure } from '../../contract';
import type { Call, Cluster, ClusterPreview, ClusterRequest, Failure } from '../../contract';
import type { FormErrors } from '../connections/form-values';
import type { ConnectionsModel } from '../connections/model';
import { daskProfiles } from './dask-profile';
import type { DaskProfile } from './dask-profile';
import { EnvironmentsModel } from './environments-model';
import { emptyValues, readValues } from './form-values';
import type { ClusterValues } from './form-values';
import type { ClustersModel } from './model';
import type { Choices, RememberedChoices } from './remembered';

/** The form of a new cluster: connection, environment, fields, preview, start. */
export class ClusterForm implements IDisposable {
  constructor(private readonly _options: ClusterForm.IOptions) {
    const { call, kernel, connections } = _options;
    this.environments = new EnvironmentsModel(call, kernel);
    this.environments.stateChanged.connect(this._tell, this);
    connections.stateChanged.connect(this._onConnections, this);
  }

  /** The Pythons of the chosen connection. */
  readonly environments: EnvironmentsModel;

  /** The connections that have clusters. */
  get profiles(): readonly DaskProfile[] {
    return daskProfiles(this._options.connections.connections);
  }

  /** The chosen one; null: there is none. */
  get profile(): DaskProfile | null {
    return this.profiles.find(({ id }) => id === this._connection) ?? null;
  }

  /** Whether the host of the chosen connection can be asked now. */
  get isReachable(): boolean {
    const { profile } = this;
    const found = this._options.connections.find(this._connection);
    return profile?.host.kind === 'local' || found?.state === 'open';
  }

  get values(): ClusterValues {
    return this._values;
  }

  /** What is wrong; empty before the first attempt. */
  get errors(): FormErrors {
    return this._errors;
  }

  /** What would be run; null before somebody asked. */
  get preview(): ClusterPreview | null {
    return this._preview;
  }

  /** Whether the form was changed since. */
  get isStale(): boolean {
    return this._previewOf !== this._state();
  }

  /** Why it could not be previewed or started. */
  get failure(): Failure | null {
    return this._failure;
  }

  get busy(): 'preview' | 'start' | null {
    return this._busy;
  }

  get stateChanged(): ISignal<this, void> {
    return this._stateChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Chooses a connection; the form then has what was last chosen for it, or what is given. */
  async choose(connection: string, given: Choices | null = null): Promise<void> {
    this._connection = connection;
    this._preview = null;
    this._failure = null;
    this._errors = {};
    this._wasTried = false;
    const choices = given ?? (await this._options.remembered.of(connection));
    if (this._connection !== connection) {
      return;
    }
    const { profile } = this;
    if (profile !== null) {
      this._values = choices?.values ?? emptyValues(profile);
      this._wanted = choices?.interpreter ?? null;
      this._loadEnvironments();
    }
    this._tell();
  }

  change(values: ClusterValues): void {
    this._values = values;
    if (this._wasTried) {
      this._read();
    }
    this._tell();
  }

  /** Asks what would be run; false where something is wrong with the fields. */
  async look(): Promise<boolean> {
    const request = this._begin('preview');
    if (request === null) {
      return false;
    }
    const of = this._state();
    await this._try(async () => {
      this._preview = await this._options.clusters.preview(request);
      this._previewOf = of;
    });
    return true;
  }

  /** Starts it; null where something is wrong. */
  async start(): Promise<Cluster | null> {
    const request = this._begin('start');
    if (request === null) {
      return null;
    }
    let started: Cluster | null = null;
    await this._try(async () => {
      started = await this._options.clusters.start(request);
      const { values } = this;
      const { interpreter } = request;
      // A wish for next time: without it the cluster runs all the same.
      await this._options.remembered
        .keep(request.connection, { values, interpreter })
        .catch(() => undefined);
    });
    return started;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._options.connections.stateChanged.disconnect(this._onConnections, this);
      this.environments.dispose();
      Signal.clearData(this);
    }
  }

  private _begin(busy: 'preview' | 'start'): ClusterRequest | null {
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

  private _read(): ClusterRequest | null {
    const { profile } = this;
    if (profile === null) {
      return null;
    }
    const { chosen } = this.environments;
    const { request, errors } = readValues(this._values, profile, chosen, this._options.trans);
    this._errors = errors;
    return request;
  }

  private _state(): string {
    return JSON.stringify([this._connection, this._values, this.environments.chosen]);
  }

  private _loadEnvironments(): void {
    const { profile } = this;
    if (profile === null || !this.isReachable) {
      return;
    }
    this._loaded = profile.id;
    this._wasReachable = true;
    const isOwn = profile.defaults.python !== undefined;
    void this.environments.load(profile.id, this._wanted, isOwn);
  }

  /** A connection that opened can be asked for its Pythons. */
  private _onConnections(): void {
    const { isReachable, _wasReachable: wasReachable } = this;
    this._wasReachable = isReachable;
    if (isReachable && this._loaded !== this._connection) {
      this._loadEnvironments();
    } else if (isReachable && !wasReachable) {
      void this.environments.refresh();
    }
    this._tell();
  }

  private _tell(): void {
    this._stateChanged.emit();
  }

  private _connection = '';
  private _loaded: string | null = null;
  private _wasReachable = false;
  private _wanted: Choices['interpreter'] = null;
  private _values: ClusterValues = { size: 'default', options: {}, advanced: {} };
  private _errors: FormErrors = {};
  private _preview: ClusterPreview | null = null;
  private _previewOf: string | null = null;
  private _failure: Failure | null = null;
  private _busy: 'preview' | 'start' | null = null;
  private _wasTried = false;
  private _isDisposed = false;
  private readonly _stateChanged = new Signal<this, void>(this);
}

/** Types of the form. */
export namespace ClusterForm {
  /** What the form is made of. */
  export interface IOptions {
    readonly call: Call;
    readonly clusters: ClustersModel;
    readonly connections: ConnectionsModel;
    readonly remembered: RememberedChoices;
    /** Kernel of the user's notebook; null: there is none. */
    readonly kernel: string | null;
    readonly trans: TranslationBundle;
  }
}

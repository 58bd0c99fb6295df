import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { connectionIcon } from '../icons';
import type { ConnectionsModel } from './model';
import { profileWords } from './words';

/** The open connections among what runs in the Lab; to shut one down is to close it. */
export class RunningConnections implements IRunningSessions.IManager {
  constructor(
    private readonly _model: ConnectionsModel,
    private readonly _actions: {
      readonly show: (id: string) => void;
      readonly close: (id: string) => void;
    },
    private readonly _trans: TranslationBundle
  ) {
    this.name = _trans.__('hepbatch Connections');
    this.shutdownLabel = _trans.__('Close');
    this.shutdownAllLabel = _trans.__('Close All');
    this.shutdownAllConfirmationText = _trans.__(
      'Close all connections? What was started through them goes on there.'
    );
    _model.stateChanged.connect(() => this.runningChanged.emit());
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly runningChanged: Signal<this, void> = new Signal<this, void>(this);

  running(): IRunningSessions.IRunningItem[] {
    return this._open().map(({ profile }) => ({
      label: () => profile.title,
      labelTitle: () => profileWords(profile, this._trans),
      icon: () => connectionIcon,
      open: () => this._actions.show(profile.id),
      shutdown: () => this._actions.close(profile.id)
    }));
  }

  refreshRunning(): void {
    void this._model.refresh();
  }

  shutdownAll(): void {
    this._open().forEach(({ profile }) => this._actions.close(profile.id));
  }

  private _open() {
    return this._model.connections.filter(({ state }) => state !== 'closed' && state !== 'failed');
  }
}

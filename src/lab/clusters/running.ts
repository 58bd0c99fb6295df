import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { clusterIcon } from '../icons';
import type { ClustersModel } from './model';
import { isAlive, stateWord } from './words';

/** The clusters among what runs in the Lab; to shut one down is to stop it. */
export class RunningClusters implements IRunningSessions.IManager {
  constructor(
    private readonly _model: ClustersModel,
    private readonly _actions: {
      readonly show: (id: string) => void;
      readonly stop: (id: string) => void;
    },
    private readonly _trans: TranslationBundle
  ) {
    this.name = _trans.__('hepbatch Clusters');
    this.shutdownLabel = _trans.__('Stop');
    this.shutdownAllLabel = _trans.__('Stop All');
    this.shutdownAllConfirmationText = _trans.__(
      'Stop all clusters? What is computed on them is lost.'
    );
    _model.stateChanged.connect(() => this.runningChanged.emit());
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly runningChanged: Signal<this, void> = new Signal<this, void>(this);

  running(): IRunningSessions.IRunningItem[] {
    return this._model.clusters.filter(isAlive).map(({ id, name, state, summary }) => ({
      label: () => name,
      labelTitle: () => this._trans.__('%1: %2', stateWord(state, this._trans), summary),
      icon: () => clusterIcon,
      open: () => this._actions.show(id),
      shutdown: () => this._actions.stop(id)
    }));
  }

  refreshRunning(): void {
    void this._model.refresh();
  }

  shutdownAll(): void {
    // It was asked once for all of them.
    this._model.clusters
      .filter(({ can }) => can.includes('stop'))
      .forEach(({ id }) => void this._model.stop(id).catch(() => this._model.refresh()));
  }
}

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ClustersModel } from './model';

/** Tells of performance reports that ended with their cluster, before anybody saved them. */
export class RecordingNotices {
  constructor(
    private readonly _model: ClustersModel,
    private readonly _trans: TranslationBundle
  ) {
    _model.stateChanged.connect(this._onState, this);
  }

  private _onState(): void {
    for (const { id, name, state, recordingSince } of this._model.clusters) {
      if (recordingSince !== null) {
        this._recording.add(id);
      } else if (this._recording.delete(id) && state !== 'running') {
        Notification.warning(
          this._trans.__(
            '%1 ended while a performance report was recorded: the report went with it. Start another one on a cluster that runs.',
            name
          ),
          { autoClose: false }
        );
      }
    }
  }

  private readonly _recording = new Set<string>();
}

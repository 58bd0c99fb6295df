import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Cluster, LossAdvice, LossSummary } from '../../contract';
import { adviceHint, adviceWords, lossLines, lossTitle } from './loss-block';
import type { ClustersModel } from './model';

/** Tells of lost workers: one message for a cluster, which is kept up to date. */
export class LossNotices {
  constructor(
    private readonly _model: ClustersModel,
    private readonly _actions: {
      readonly advise: (id: string, advice: LossAdvice) => void;
      readonly report: (id: string) => void;
    },
    private readonly _trans: TranslationBundle
  ) {
    _model.stateChanged.connect(this._onState, this);
  }

  private _onState(): void {
    for (const cluster of this._model.clusters) {
      const { id, losses } = cluster;
      const seen = JSON.stringify(losses);
      const before = this._seen.get(id);
      this._seen.set(id, seen);
      // What was lost before this page was opened is on the card.
      if (before !== undefined && before !== seen && losses.newest !== null) {
        this._tell(cluster, losses.newest);
      }
    }
  }

  private _tell(cluster: Cluster, loss: LossSummary): void {
    const { _trans: trans, _actions: actions } = this;
    const { id, name } = cluster;
    const { count } = cluster.losses;
    const title = trans.__('%1: %2', name, lossTitle(loss, trans));
    const more = count > 1 ? [trans.__('%1 workers were lost so far.', count)] : [];
    const message = [title, ...lossLines(loss, trans), ...more].join('\n\n');
    const options = {
      autoClose: false as const,
      actions: [
        ...loss.advice.map(advice => ({
          label: adviceWords(advice, trans),
          caption: adviceHint(advice, trans),
          callback: () => actions.advise(id, advice)
        })),
        { label: trans.__('Report'), callback: () => actions.report(id) }
      ]
    };
    const known = this._shown.get(id);
    const isThere = Notification.manager.has(known ?? '');
    if (isThere && this._killed.has(id) && !loss.killed) {
      return; // a task that was given up matters more than what was lost after it
    }
    if (loss.killed) {
      this._killed.add(id);
    } else {
      this._killed.delete(id);
    }
    const type = loss.killed ? 'error' : 'warning';
    // A message that the user has closed cannot be changed: then there is a new one.
    if (known === undefined || !isThere) {
      this._shown.set(id, Notification.emit(message, type, options));
    } else {
      Notification.update({ id: known, message, type, ...options });
    }
  }

  private readonly _seen = new Map<string, string>();
  private readonly _shown = new Map<string, string>();
  private readonly _killed = new Set<string>();
}

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { connectionIcon } from '../icons';
import { useSignal } from '../redraw';
import type { ConnectionsModel } from './model';
import { isTrouble, stateWord } from './words';

/** How many connections are open, and what is in trouble, for the status bar. */
export class ConnectionsStatus extends ReactWidget {
  constructor(
    private readonly _model: ConnectionsModel,
    private readonly _onClick: () => void,
    private readonly _trans: TranslationBundle
  ) {
    super();
    _model.stateChanged.connect(this._onState, this);
    this._wasActive = this.isActive();
  }

  /** Emitted when there begins or ceases to be something to show. */
  readonly activeChanged: Signal<this, void> = new Signal<this, void>(this);

  /** Whether there is something to show. */
  isActive(): boolean {
    return this._model.connections.some(
      connection => connection.state === 'open' || isTrouble(connection)
    );
  }

  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  protected override render() {
    return <Status model={this._model} onClick={this._onClick} trans={this._trans} />;
  }

  private _onState(): void {
    if (this.isActive() !== this._wasActive) {
      this._wasActive = this.isActive();
      this.activeChanged.emit();
    }
  }

  private _wasActive: boolean;
}

function Status(props: {
  readonly model: ConnectionsModel;
  readonly onClick: () => void;
  readonly trans: TranslationBundle;
}) {
  const { model, onClick, trans } = props;
  useSignal(model.stateChanged);
  const open = model.connections.filter(({ state }) => state === 'open');
  const trouble = model.connections.filter(isTrouble);
  const words = (['open', 'asking', 'lost', 'failed'] as const)
    .map(state => [state, model.connections.filter(other => other.state === state)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([state, some]) => trans.__('%1 %2', some.length, stateWord(state, trans)))
    .join(', ');
  const lines = [...open, ...trouble].map(({ profile, state }) =>
    trans.__('%1: %2', profile.title, stateWord(state, trans))
  );
  return (
    <button
      type="button"
      className={`jp-hepbatch-Status${trouble.length > 0 ? ' jp-mod-trouble' : ''}`}
      title={lines.join('\n')}
      aria-label={trans.__('hepbatch connections: %1', words)}
      onClick={onClick}
    >
      <connectionIcon.react tag="span" />
      <span>{words}</span>
    </button>
  );
}

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Poll } from '@lumino/polling';
import { Widget } from '@lumino/widgets';
import { toFailure } from '../../../contract';
import type { IAgent } from '../../tokens';
import type { DashboardsModel } from './model';

/** What a frame is made of. */
export interface IFrameOptions {
  readonly model: DashboardsModel;
  readonly agent: Pick<IAgent, 'state' | 'stateChanged'>;
  /** Id of the dashboard. */
  readonly id: string;
  /** Page of it, relative to its address. */
  readonly path: string;
  /** Address of the Jupyter server. */
  readonly baseUrl: string;
  /** Opens a connection; null where it is open already, and so cannot be what is missing. */
  readonly opener: (connection: string) => (() => void) | null;
  readonly trans: TranslationBundle;
  /** How often the Jupyter server is told that the panel is there, in ms; ten minutes. */
  readonly keepEvery?: number;
}

/** A browser may delay what a hidden tab does by minutes, and an address is good for an hour. */
const KEEP_EVERY = 600_000;

/**
 * One page of a dashboard. It is content of strangers: its frame has an origin of its own, no keys,
 * and an address that nobody else knows. While the dashboard is away the reason stands in its place.
 */
export class DashboardFrame extends Widget {
  constructor(private readonly _options: IFrameOptions) {
    super();
    this.addClass('jp-hepbatch-Dashboard');
    this._note.className = 'jp-hepbatch-Empty';
    this._note.setAttribute('role', 'status');
    this.node.append(this._note);
    _options.model.stateChanged.connect(this._update, this);
    _options.agent.stateChanged.connect(this._onAgent, this);
    document.addEventListener('visibilitychange', this._onSeen);
    const interval = _options.keepEvery ?? KEEP_EVERY;
    this._poll = new Poll({
      name: 'hepbatch:dashboard',
      factory: () => this._keep(),
      frequency: { interval, backoff: false, max: interval },
      // A page without news, such as one on a worker, has no line that would keep its address.
      standby: 'never'
    });
    this._update();
  }

  /** Loads the page anew, at a new address. */
  reload(): void {
    this._leave();
    this._update();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._options.model.stateChanged.disconnect(this._update, this);
      this._options.agent.stateChanged.disconnect(this._onAgent, this);
      document.removeEventListener('visibilitychange', this._onSeen);
      this._poll.dispose();
      this._leave();
      super.dispose();
    }
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._frame?.focus();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._onSeen();
  }

  /** The computer may have slept: what lies behind the links is better asked before a click. */
  private readonly _onSeen = (): void => {
    if (this.isVisible && !document.hidden) {
      void this._poll.refresh();
    }
  };

  /** Keeps the address good; where it is gone a new one is asked for. */
  private async _keep(): Promise<void> {
    const granted = this._granted;
    if (granted === null) {
      return;
    }
    // No answer: the server or the agent is away, which `agent` tells.
    const isKept = await this._options.model.keep(granted).catch(() => null);
    if (isKept === false && this._granted === granted) {
      this.reload();
    }
  }

  /** The agent or the Jupyter server may be another one: what they granted is worth nothing then. */
  private _onAgent(): void {
    const isUp = this._options.agent.state === 'up';
    if (isUp && this._wasAway) {
      this.reload();
    }
    this._wasAway = !isUp;
    this._update();
  }

  private _update(): void {
    const { model, id, agent, trans } = this._options;
    const dashboard = model.find(id);
    if (agent.state === 'lost' || agent.state === 'absent') {
      this._say(trans.__('Jupyter or the agent is away. The dashboard comes back with it.'));
    } else if (dashboard === undefined) {
      this._leave();
      this._say(
        model.isLoaded
          ? trans.__('This dashboard is not there (any more). It is shown as soon as it is found.')
          : (model.failure?.message ?? trans.__('Reading…'))
      );
    } else if (dashboard.state === 'away') {
      this._leave();
      const { connection, reason } = dashboard;
      const why = trans.__('The dashboard of %1 is away: %2', dashboard.title, reason ?? '');
      this._say(`${why}\n${trans.__('It is looked for again and again.')}`, connection);
    } else if (this._frame !== null) {
      this._uncover(this._frame);
    } else {
      void this._enter();
    }
  }

  private async _enter(): Promise<void> {
    if (this._isEntering) {
      return;
    }
    const { model, id, path, baseUrl, trans } = this._options;
    this._isEntering = true;
    const turn = this._turn;
    this._say(trans.__('Opening…'));
    try {
      const granted = await model.open(id);
      if (this.isDisposed || turn !== this._turn) {
        this._forget(granted); // it is not wanted any more, or another agent granted it
        return;
      }
      this._granted = granted;
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.referrerPolicy = 'no-referrer';
      frame.title = trans.__('Dashboard');
      frame.src = new URL(granted + path, baseUrl).href;
      this._frame = frame;
      this.node.append(frame);
      this._uncover(frame);
    } catch (error) {
      const { message, data } = toFailure(error);
      this._say(`${message}\n${data.next}`, model.find(id)?.connection);
    } finally {
      this._isEntering = false;
      if (!this.isDisposed && turn !== this._turn) {
        this._update();
      }
    }
  }

  private _leave(): void {
    this._turn += 1;
    this._frame?.remove();
    this._frame = null;
    if (this._granted !== null) {
      this._forget(this._granted);
      this._granted = null;
    }
  }

  private _forget(granted: string): void {
    // It ends by itself, too, when nobody uses it.
    this._options.model.close(granted).catch(() => undefined);
  }

  private _uncover(frame: HTMLIFrameElement): void {
    frame.hidden = false;
    this._note.hidden = true;
  }

  /** Stands in the place of the page; with a connection that may have to be opened. */
  private _say(words: string, connection?: string): void {
    const { opener, trans } = this._options;
    const lines = words.split('\n').map(line => {
      const paragraph = document.createElement('p');
      paragraph.textContent = line;
      return paragraph;
    });
    const button = (label: string, act: () => void) => {
      const made = document.createElement('button');
      made.className = 'jp-hepbatch-Button';
      made.type = 'button';
      made.textContent = label;
      made.onclick = act;
      return made;
    };
    const buttons: HTMLElement[] = [];
    if (connection !== undefined) {
      const open = opener(connection);
      if (open !== null) {
        buttons.push(button(trans.__('Open its connection'), open));
      }
      buttons.push(button(trans.__('Try again'), () => this.reload()));
    }
    const actions = document.createElement('div');
    actions.className = 'jp-hepbatch-Actions';
    actions.replaceChildren(...buttons);
    this._note.hidden = false;
    if (this._frame !== null) {
      this._frame.hidden = true; // what it says of its own broken line helps nobody
    }
    this._note.replaceChildren(...lines, actions);
  }

  private readonly _poll: Poll;
  private readonly _note = document.createElement('div');
  private _frame: HTMLIFrameElement | null = null;
  private _granted: string | null = null;
  private _isEntering = false;
  /** Grows whenever a page is left: what was asked for before is not shown. */
  private _turn = 0;
  private _wasAway = false;
}

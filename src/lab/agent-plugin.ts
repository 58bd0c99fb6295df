import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { AgentEvent, Call, Failure } from '../contract';
import type { EventStream } from './event-stream';
import { agentRuns } from './look-for-agent';
import { IAgent } from './tokens';
import type { AgentState } from './tokens';

/** The agent, whose code is loaded when it is first needed. */
class LazyAgent implements IAgent {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  readonly call: Call = async (endpoint, body) => {
    const { serverCall } = await import('./agent');
    const answer = await serverCall(this._settings)(endpoint, body);
    if (this.state === 'lost' || this.state === 'absent') {
      this.retry(); // it answers again: no need to wait for the next attempt
    }
    return answer;
  };

  get state(): AgentState {
    return this._stream?.state ?? (this._connecting ? 'starting' : 'unknown');
  }

  get failure(): Failure | null {
    return this._stream?.failure ?? null;
  }

  readonly stateChanged: Signal<IAgent, void> = new Signal<IAgent, void>(this);
  readonly heard: Signal<IAgent, AgentEvent> = new Signal<IAgent, AgentEvent>(this);

  connect(): void {
    if (!this._connecting) {
      this._connecting = true;
      void this._connect();
    }
  }

  async join(): Promise<void> {
    if (!this._connecting && (await agentRuns(this._settings))) {
      this.connect();
    }
  }

  retry(): void {
    this.connect();
    this._stream?.retry();
  }

  private async _connect(): Promise<void> {
    const [{ serverEvents }, { EventStream }, { restWhileHidden }] = await Promise.all([
      import('./agent'),
      import('./event-stream'),
      import('./rest-while-hidden')
    ]);
    const stream = new EventStream({ open: serverEvents(this._settings) });
    this._stream = stream;
    stream.stateChanged.connect(this._onStateChanged, this);
    stream.heard.connect(this._onHeard, this);
    void stream.run(); // until the page is closed
    void restWhileHidden(stream);
  }

  private _onStateChanged(): void {
    this.stateChanged.emit();
  }

  private _onHeard(_: EventStream, event: AgentEvent): void {
    this.heard.emit(event);
  }

  private _stream: EventStream | null = null;
  private _connecting = false;
}

/**
 * The plugin that knows the agent. None is started before somebody connects; one that runs from
 * before is listened to, since what it asks and what it has open concerns this page, too.
 */
export const agentPlugin: JupyterFrontEndPlugin<IAgent> = {
  id: 'hepbatch:agent',
  description: 'Asks the agent of hepbatch through the Jupyter server and hears its events.',
  autoStart: true,
  provides: IAgent,
  activate: (app: JupyterFrontEnd): IAgent => {
    const agent = new LazyAgent(app.serviceManager.serverSettings);
    void app.restored.then(() => agent.join());
    return agent;
  }
};

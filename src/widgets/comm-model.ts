import { DOMWidgetModel } from '@jupyter-widgets/base';
import { Signal } from '@lumino/signaling';
import * as z from 'zod';
import { AgentEvent } from '../contract';
import { CommCall } from './comm-call';
import { MODULE, VERSION } from './version';

const Told = z.object({ kind: z.literal('event'), event: AgentEvent });

/** A model of a kernel that asks through its comm, and hears what the kernel hears of the agent. */
export class CommModel extends DOMWidgetModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_module: MODULE,
      _model_module_version: VERSION,
      _view_module: MODULE,
      _view_module_version: VERSION
    };
  }

  override initialize(...args: Parameters<DOMWidgetModel['initialize']>): void {
    super.initialize(...args);
    this.road = new CommCall(ask => this.send({ ...ask }, {}));
    this.heard = new Signal<this, AgentEvent>(this);
    this.on('msg:custom', (message: unknown) => this._take(message));
  }

  /** The road to the agent; `initialize` makes it, before a field of a class would be set. */
  declare road: CommCall;
  /** What the agent tells. */
  declare heard: Signal<this, AgentEvent>;

  override async close(commClosed?: boolean): Promise<void> {
    this.road.dispose();
    Signal.clearData(this);
    await super.close(commClosed);
  }

  private _take(message: unknown): void {
    const told = Told.safeParse(message);
    if (told.success) {
      this.heard.emit(told.data.event);
    } else {
      this.road.take(message);
    }
  }
}

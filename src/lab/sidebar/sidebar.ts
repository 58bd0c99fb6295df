import type { IStateDB } from '@jupyterlab/statedb';
import type { ITranslator } from '@jupyterlab/translation';
import { PanelWithToolbar, SidePanel } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { AccordionPanel } from '@lumino/widgets';
import type { Widget } from '@lumino/widgets';
import type { IAgent, ICount, ISection, ISidebar } from '../tokens';
import { SectionFit } from './fit';
import { AgentNotice } from './notice';

/** Where the sections that the user closed are remembered. */
const STATE = 'hepbatch:sidebar';

/** Sections of features below each other; in their place what to do where there is no agent. */
export class Sidebar extends SidePanel implements ISidebar {
  constructor(private readonly _options: Sidebar.IOptions) {
    super({ translator: _options.translator });
    this.addClass('jp-hepbatch');
    this.addClass('jp-hepbatch-Sidebar');
    const { agent, translator } = _options;
    this.header.addWidget(new AgentNotice(agent, translator.load('hepbatch')));
    agent.stateChanged.connect(this._onAgent, this);
    if (this.content instanceof AccordionPanel) {
      this.content.expansionToggled.connect(this._onToggled, this);
      this._fit = new SectionFit(this.content);
    }
    this._closed = this._read();
    this._onAgent();
  }

  add(section: ISection): void {
    const panel = new PanelWithToolbar();
    panel.id = sectionId(section.id);
    panel.addClass('jp-hepbatch-Section');
    panel.addWidget(section.widget);
    for (const [name, widget] of section.toolbar) {
      panel.toolbar.addItem(name, widget);
    }
    const titled = () => {
      const { value } = section.count;
      panel.title.label = value === null ? section.title : `${section.title} (${value})`;
    };
    titled();
    this._ranks.set(panel.id, section.rank);
    const ranks = this.widgets.map(widget => this._ranks.get(widget.id) ?? 0);
    const before = ranks.filter(rank => rank <= section.rank).length;
    this.insertWidget(before, panel);
    section.count.changed.connect(titled);
    this._counts.set(section.count, titled);
    void this._restore(panel);
  }

  /** Opens a section that the user has closed. */
  expand(id: string): void {
    const index = this.widgets.findIndex(widget => widget.id === sectionId(id));
    if (index >= 0 && this.content instanceof AccordionPanel) {
      this.content.expand(index);
    }
  }

  override dispose(): void {
    for (const [count, slot] of this._counts) {
      count.changed.disconnect(slot);
    }
    this._options.agent.stateChanged.disconnect(this._onAgent, this);
    this._fit?.dispose();
    super.dispose();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._connect();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._connect();
    this._fit?.update();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._fit?.update();
  }

  /** Who never looks at the sidebar never starts the agent. */
  private _connect(): void {
    if (this.isVisible) {
      this._options.agent.connect();
    }
  }

  private _onAgent(): void {
    this.content.setHidden(this._options.agent.state === 'absent');
  }

  private async _read(): Promise<Set<string>> {
    const kept: unknown = await this._options.states?.fetch(STATE).catch(() => null);
    const ids: unknown[] = Array.isArray(kept) ? kept : [];
    return new Set(ids.filter(id => typeof id === 'string'));
  }

  private async _restore(panel: PanelWithToolbar): Promise<void> {
    const closed = await this._closed;
    const index = this.widgets.indexOf(panel);
    if (closed.has(panel.id) && index >= 0 && this.content instanceof AccordionPanel) {
      this.content.collapse(index);
    }
  }

  private _onToggled(accordion: AccordionPanel): void {
    const closed = accordion.widgets.filter(widget => widget.isHidden).map(widget => widget.id);
    this._closed = Promise.resolve(new Set(closed));
    void this._options.states?.save(STATE, closed);
  }

  private readonly _fit: SectionFit | undefined;
  private _closed: Promise<Set<string>>;
  private readonly _ranks = new Map<string, number>();
  private readonly _counts = new Map<ICount, () => void>();
}

function sectionId(id: string): string {
  return `hepbatch-section-${id}`;
}

/** Types of the sidebar. */
export namespace Sidebar {
  /** What the sidebar is made of. */
  export interface IOptions {
    readonly agent: IAgent;
    readonly states: IStateDB | null;
    readonly translator: ITranslator;
  }
}

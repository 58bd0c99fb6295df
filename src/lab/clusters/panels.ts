import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { clusterIcon } from '../icons';
import { LazyPanel } from '../lazy-panel';

/** What a panel of a cluster shows. */
export const KINDS = ['logs', 'details', 'losses'] as const;
export type PanelKind = (typeof KINDS)[number];

const FORM = 'hepbatch-new-cluster';

/** What the panels show, loaded when they are first seen. */
export interface IPanelContents {
  readonly form: (prefilled: object) => Promise<Widget>;
  /** `titled` is told the title when the cluster is known. */
  readonly panel: (kind: PanelKind, id: string, titled: (label: string) => void) => Promise<Widget>;
}

/** The panels of clusters in the main area. */
export class ClusterPanels {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _contents: IPanelContents,
    private readonly _trans: TranslationBundle
  ) {}

  /** The open panels of each kind. */
  readonly trackers = {
    logs: new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-cluster-logs' }),
    details: new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-cluster-details' }),
    losses: new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-cluster-losses' })
  };

  /** Which cluster a panel is about. */
  clusterOf(kind: PanelKind, widget: Widget): string {
    return widget.id.slice(panelId(kind, '').length);
  }

  /** Shows a panel of a cluster, in its place where there is one. */
  open(kind: PanelKind, id: string): void {
    const known = this.trackers[kind].find(widget => widget.id === panelId(kind, id));
    if (known !== undefined) {
      this._shell.activateById(known.id);
      return;
    }
    const titled = (label: string) => (widget.title.label = label);
    const content = new LazyPanel(() => this._contents.panel(kind, id, titled));
    const widget = this._panel(panelId(kind, id), content, this._trans.__('Cluster'));
    void this.trackers[kind].add(widget);
    this._show(widget);
  }

  /** Closes what is open of a cluster that is gone. */
  close(id: string): void {
    KINDS.forEach(kind =>
      this.trackers[kind].find(widget => widget.id === panelId(kind, id))?.dispose()
    );
  }

  /** Shows the form; what is filled in in an open one is kept unless something is prefilled. */
  openForm(prefilled: object): void {
    if (this._form !== null && !this._form.isDisposed) {
      if (Object.keys(prefilled).length === 0) {
        this._shell.activateById(this._form.id);
        return;
      }
      this._form.dispose();
    }
    const content = new LazyPanel(() => this._contents.form(prefilled));
    this._form = this._panel(FORM, content, this._trans.__('New cluster'));
    this._show(this._form);
  }

  closeForm(): void {
    this._form?.dispose();
    this._form = null;
  }

  private _panel(id: string, content: LazyPanel, label: string): MainAreaWidget {
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.label = label;
    widget.title.icon = clusterIcon;
    widget.title.closable = true;
    widget.toolbar.hide();
    return widget;
  }

  private _show(widget: MainAreaWidget): void {
    this._shell.add(widget, 'main', { type: 'hepbatch' });
    this._shell.activateById(widget.id);
  }

  private _form: MainAreaWidget | null = null;
}

function panelId(kind: PanelKind, id: string): string {
  return `hepbatch-cluster-${kind}-${id}`;
}

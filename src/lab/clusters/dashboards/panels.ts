import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { clusterIcon } from '../../icons';
import { LazyPanel } from '../../lazy-panel';

const PAGE = 'hepbatch-dashboard-';
const CHOOSER = 'hepbatch-dashboards';

/** A page of a dashboard. */
export interface IShownPage {
  readonly id: string;
  readonly path: string;
}

/** Where a new panel goes: beside which one, and how. */
export interface IPanelPlace {
  readonly ref?: string;
  readonly mode?: 'tab-after' | 'split-right' | 'split-bottom';
}

/** What the panels show, loaded when they are first seen. */
export interface IDashboardContents {
  /** `titled` is told the title when the dashboard is known. */
  readonly frame: (
    page: IShownPage,
    titled: (label: string, caption: string) => void
  ) => Promise<Widget>;
  readonly chooser: () => Promise<Widget>;
}

/** The panels of dashboards in the main area, one for each page. */
export class DashboardPanels {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _contents: IDashboardContents,
    private readonly _trans: TranslationBundle
  ) {}

  /** The open pages. */
  readonly tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-dashboards' });

  /** The chooser, while it is open. */
  readonly choosers = new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-choosers' });

  /** Which page a panel shows. */
  pageOf(widget: Widget): IShownPage {
    // An id has no slash, and a path may have some.
    const [, id = '', path = ''] = /^([^/]*)\/(.*)$/.exec(widget.id.slice(PAGE.length)) ?? [];
    return { id, path };
  }

  /** Shows a page, in its panel where it has one, otherwise in a new one; gives the panel's id. */
  open({ id, path }: IShownPage, place: IPanelPlace = {}): string {
    const panel = `${PAGE}${id}/${path}`;
    if (this.tracker.find(widget => widget.id === panel) === undefined) {
      const content = new LazyPanel(() => this._contents.frame({ id, path }, titled));
      const widget = this._panel(panel, content, this._trans.__('Dashboard'));
      const titled = (label: string, caption: string) => {
        widget.title.label = label;
        widget.title.caption = caption;
      };
      widget.addClass('jp-hepbatch-DashboardPanel');
      void this.tracker.add(widget);
      this._shell.add(widget, 'main', { type: 'hepbatch', ...place });
    }
    this._shell.activateById(panel);
    return panel;
  }

  /** Shows what can be opened. */
  choose(): void {
    if (this.choosers.currentWidget === null) {
      const content = new LazyPanel(() => this._contents.chooser());
      const widget = this._panel(CHOOSER, content, this._trans.__('Dashboards'));
      void this.choosers.add(widget);
      this._shell.add(widget, 'main', { type: 'hepbatch' });
    }
    this._shell.activateById(CHOOSER);
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
}

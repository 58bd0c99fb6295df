import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { auditIcon } from '../icons';
import { LazyPanel } from '../lazy-panel';

const REPORT = 'hepbatch-audit-';
const FORM = 'hepbatch-new-audit';

/** What the panels show, loaded when they are first seen. */
export interface IPanelContents {
  /** `titled` is told the title when the audit is known. */
  readonly report: (
    id: string,
    titled: (label: string, caption: string) => void
  ) => Promise<Widget>;
  readonly form: (prefilled: object) => Promise<Widget>;
}

/** The panels of audits in the main area. */
export class AuditPanels {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _contents: IPanelContents,
    private readonly _trans: TranslationBundle
  ) {}

  /** The open reports. */
  readonly tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-audits' });

  /** Which audit a panel shows. */
  auditOf(widget: Widget): string {
    return widget.id.slice(REPORT.length);
  }

  /** The audit of the panel in front. */
  get current(): string | null {
    const widget = this.tracker.currentWidget;
    return widget === null || widget !== this._shell.currentWidget ? null : this.auditOf(widget);
  }

  /** Shows a report, in its panel where it has one, otherwise in a new one. */
  openReport(id: string): MainAreaWidget {
    const known = this.tracker.find(widget => this.auditOf(widget) === id);
    if (known !== undefined) {
      this._shell.activateById(known.id);
      return known;
    }
    const titled = (label: string, caption: string) => {
      widget.title.label = label;
      widget.title.caption = caption;
    };
    const widget = this._panel(
      REPORT + id,
      new LazyPanel(() => this._contents.report(id, titled)),
      this._trans.__('Audit')
    );
    void this.tracker.add(widget);
    this._show(widget);
    return widget;
  }

  /** Closes the report of an audit. */
  closeReport(id: string): void {
    this.tracker.find(widget => this.auditOf(widget) === id)?.dispose();
  }

  /** Shows the form; what is typed in an open one is kept unless something is prefilled. */
  openForm(prefilled: object): void {
    if (this._form !== null && !this._form.isDisposed) {
      if (Object.keys(prefilled).length === 0) {
        this._shell.activateById(this._form.id);
        return;
      }
      this._form.dispose();
    }
    this._form = this._panel(
      FORM,
      new LazyPanel(() => this._contents.form(prefilled)),
      this._trans.__('New audit')
    );
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
    widget.title.icon = auditIcon;
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

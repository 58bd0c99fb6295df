import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { submissionIcon } from '../icons';
import { LazyPanel } from '../lazy-panel';

const MONITOR = 'hepbatch-submission-';
const FORM = 'hepbatch-new-submission';

/** What a form is filled with at first. */
export interface IPrefilled {
  /** A request that was made before, or what an audit made of it. */
  readonly request?: unknown;
  /** Single fields. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  /** Whether paths among the fields are of this machine, so that the jobs go from here. */
  readonly isHere?: boolean;
}

/** What the panels show, loaded when they are first seen. */
export interface IPanelContents {
  readonly form: (prefilled: IPrefilled) => Promise<Widget>;
  /** `titled` is told the title when the submission is known. */
  readonly monitor: (token: string, titled: (label: string) => void) => Promise<Widget>;
}

/** The panels of submissions in the main area. */
export class SubmissionPanels {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _contents: IPanelContents,
    private readonly _trans: TranslationBundle
  ) {}

  /** The open monitors. */
  readonly tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'hepbatch-submissions' });

  /** Which submission a panel shows. */
  tokenOf(widget: Widget): string {
    return widget.id.slice(MONITOR.length);
  }

  /** The submission of the panel in front. */
  get current(): string | null {
    const widget = this.tracker.currentWidget;
    return widget === null || widget !== this._shell.currentWidget ? null : this.tokenOf(widget);
  }

  /** Shows a submission, in its panel where it has one. */
  open(token: string): void {
    const known = this.tracker.find(widget => this.tokenOf(widget) === token);
    if (known !== undefined) {
      this._shell.activateById(known.id);
      return;
    }
    const titled = (label: string) => (widget.title.label = label);
    const content = new LazyPanel(() => this._contents.monitor(token, titled));
    const widget = this._panel(MONITOR + token, content, this._trans.__('Submission'));
    void this.tracker.add(widget);
    this._show(widget);
  }

  close(token: string): void {
    this.tracker.find(widget => this.tokenOf(widget) === token)?.dispose();
  }

  /** Shows the form; what is filled in in an open one is kept unless something is prefilled. */
  openForm(prefilled: IPrefilled): void {
    if (this._form !== null && !this._form.isDisposed) {
      if (Object.keys(prefilled).length === 0) {
        this._shell.activateById(this._form.id);
        return;
      }
      this._form.dispose();
    }
    const content = new LazyPanel(() => this._contents.form(prefilled));
    this._form = this._panel(FORM, content, this._trans.__('New submission'));
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
    widget.title.icon = submissionIcon;
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

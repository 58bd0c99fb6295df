import { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import * as z from 'zod';
import { AgentEvent, Audit } from '../contract';
import { exportResubmission } from '../lab/audits/export-dialogs';
import { resubmissionPath } from '../lab/audits/paths';
import { ReportPanel } from '../lab/audits/report';
import { ReportModel } from '../lab/audits/report-model';
import { stem } from '../lab/audits/status';
import { CommCall } from './comm-call';
import { MODULE, VERSION } from './version';

const Told = z.object({ kind: z.literal('event'), event: AgentEvent });

/** An audit of a kernel: asks through the comm, hears what the kernel hears of the agent. */
export class AuditModel extends DOMWidgetModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: 'AuditModel',
      _model_module: MODULE,
      _model_module_version: VERSION,
      _view_name: 'AuditView',
      _view_module: MODULE,
      _view_module_version: VERSION,
      audit_id: '',
      audit: null
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

  /** The audit as the kernel last knew it. */
  get audit(): Audit | null {
    const audit = Audit.safeParse(this.get('audit'));
    return audit.success ? audit.data : null;
  }

  get auditId(): string {
    return String(this.get('audit_id'));
  }

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

/** The class of the view, in the language of the Lab. */
export function auditView(trans: TranslationBundle): typeof DOMWidgetView {
  return class AuditView extends DOMWidgetView {
    override render(): void {
      super.render();
      this.el.classList.add('jp-hepbatch-Cell');
      // Keys are for the report, not for the notebook around it.
      this.el.setAttribute('data-lm-suppress-shortcuts', 'true');
      if (!(this.model instanceof AuditModel)) {
        return;
      }
      const { model } = this;
      this._report = new ReportModel({
        id: model.auditId,
        call: model.road.call,
        heard: model.heard
      });
      this._show();
      this.listenTo(model, 'change:audit', () => this._show());
      this._panel = reportPanel(model, this._report, trans);
      this.displayed.then(
        () => {
          if (this._panel !== null && !this._panel.isDisposed) {
            Widget.attach(this._panel, this.el);
          }
        },
        () => undefined
      );
    }

    override remove(): void {
      if (this._panel !== null) {
        leave(this._panel);
        this._panel.dispose();
      }
      this._report?.dispose();
      super.remove();
    }

    private _show(): void {
      if (this.model instanceof AuditModel && this.model.audit !== null) {
        this._report?.show(this.model.audit);
      }
    }

    private _panel: ReportPanel | null = null;
    private _report: ReportModel | null = null;
  };
}

/** Tells a widget that it is detached where its cell took it out of the page before. */
function leave(widget: Widget): void {
  if (widget.isAttached && !widget.node.isConnected) {
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
  }
}

function reportPanel(
  model: AuditModel,
  report: ReportModel,
  trans: TranslationBundle
): ReportPanel {
  const { call } = model.road;
  const id = model.auditId;
  const samples = () => report.audit?.request.samplesJson ?? id;
  return new ReportPanel({
    model: report,
    trans,
    actions: {
      exportJson: (datasets, where) =>
        exportResubmission({
          call,
          id,
          datasets,
          path: where === 'beside' ? resubmissionPath(samples()) : null,
          name: `${stem(samples())}_missing.json`,
          trans
        }),
      cancel: async () => report.cancel(),
      rerun: null, // the cell starts audits
      copy: text => Clipboard.copyToSystem(text)
    }
  });
}

import type { DOMWidgetView } from '@jupyter-widgets/base';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Audit } from '../contract';
import { exportResubmission } from '../lab/audits/export-dialogs';
import { removeStaleChunks } from '../lab/audits/stale-dialogs';
import { resubmissionPath } from '../lab/audits/paths';
import { ReportPanel } from '../lab/audits/report';
import { ReportModel } from '../lab/audits/report-model';
import { stem } from '../lab/audits/status';
import { CommModel } from './comm-model';
import { PanelView } from './panel-view';

/** An audit of a kernel. */
export class AuditModel extends CommModel {
  override defaults() {
    return {
      ...super.defaults(),
      _model_name: 'AuditModel',
      _view_name: 'AuditView',
      audit_id: '',
      audit: null
    };
  }

  /** The audit as the kernel last knew it. */
  get audit(): Audit | null {
    const audit = Audit.safeParse(this.get('audit'));
    return audit.success ? audit.data : null;
  }

  get auditId(): string {
    return String(this.get('audit_id'));
  }
}

/** The class of the view, in the language of the Lab. */
export function auditView(trans: TranslationBundle): typeof DOMWidgetView {
  return class AuditView extends PanelView {
    override makePanel(): ReportPanel | null {
      if (!(this.model instanceof AuditModel)) {
        return null;
      }
      const { model } = this;
      const report = new ReportModel({
        id: model.auditId,
        call: model.road.call,
        heard: model.heard
      });
      const show = () => {
        if (model.audit !== null) {
          report.show(model.audit);
        }
      };
      show();
      this.listenTo(model, 'change:audit', show);
      const panel = reportPanel(model, report, trans);
      panel.disposed.connect(() => report.dispose());
      return panel;
    }
  };
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
          pathOn: report.audit?.request.inputsOn ?? 'here',
          name: `${stem(samples())}_missing.json`,
          trans
        }),
      cancel: async () => report.cancel(),
      rerun: null, // the cell starts audits
      copy: text => Clipboard.copyToSystem(text),
      removeStale: datasets => removeStaleChunks({ call, id, datasets, trans })
    }
  });
}

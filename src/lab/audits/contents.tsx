import { Clipboard } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import type { AuditRequest } from '../../contract';
import type { IAgent } from '../tokens';
import { exportResubmission } from './export-dialogs';
import { chooseFolder } from '../connections/choose-folder';
import type { ConnectionsModel } from '../connections/model';
import { chooser } from './choose';
import { AuditForm } from './form';
import { EMPTY_FORM, fillForm, remembered } from './form-model';
import type { IFormValues } from './form-model';
import type { AuditsModel } from './model';
import { resubmissionPath } from './paths';
import { outputsOf, samplesOf } from './place';
import { ReportPanel } from './report';
import { ReportModel } from './report-model';
import { removeStaleChunks } from './stale-dialogs';
import { stem } from './status';

/** Where the choices of the last audit are remembered. */
const STATE = 'hepbatch:audit-form';

/** The content of the panel of one audit. */
export function reportContent(options: {
  readonly id: string;
  readonly agent: IAgent;
  readonly audits: AuditsModel;
  readonly titled: (label: string, caption: string) => void;
  /** Shows the audit that replaces this one. */
  readonly replace: (id: string) => void;
  /** Null where nothing is submitted. */
  readonly submitMissing: ((datasets: string[] | null) => Promise<void>) | null;
  readonly trans: TranslationBundle;
}): Widget {
  const { id, agent, audits, titled, replace, submitMissing, trans } = options;
  const model = new ReportModel({ id, call: agent.call, heard: agent.heard });
  const name = () => stem(model.audit?.request.samplesJson ?? id);
  const onState = () => {
    if (model.audit !== null) {
      const { request } = model.audit;
      const caption = trans.__('%1\ncompared with %2', samplesOf(request), outputsOf(request));
      titled(trans.__('Audit: %1', name()), caption);
    }
  };
  model.stateChanged.connect(onState);
  const panel = new ReportPanel({
    model,
    trans,
    actions: {
      exportJson: (datasets, where) => {
        const path = resubmissionPath(model.audit?.request.samplesJson ?? id);
        return exportResubmission({
          call: agent.call,
          id,
          datasets,
          path: where === 'beside' ? path : null,
          pathOn: model.audit?.request.inputsOn ?? 'here',
          name: `${name()}_missing.json`,
          trans
        });
      },
      cancel: async () => {
        await audits.cancel(id);
      },
      rerun: async () => replace((await audits.rerun(id)).id),
      copy: text => Clipboard.copyToSystem(text),
      submitMissing,
      removeStale: datasets => removeStaleChunks({ call: agent.call, id, datasets, trans })
    }
  });
  panel.disposed.connect(() => {
    model.stateChanged.disconnect(onState);
    model.dispose();
  });
  void model.refresh();
  return panel;
}

/** The content of the panel of the form. */
export async function formContent(options: {
  readonly prefilled: object;
  /** Defaults of the settings. */
  readonly defaults: object;
  readonly states: IStateDB | null;
  readonly browsers: IFileBrowserFactory | null;
  readonly contents: Contents.IManager;
  readonly agent: IAgent;
  /** Null: outputs are on this machine. */
  readonly connections: ConnectionsModel | null;
  readonly start: (request: AuditRequest) => Promise<void>;
  readonly trans: TranslationBundle;
}): Promise<Widget> {
  const { prefilled, defaults, states, browsers, contents, start, trans } = options;
  const { agent, connections } = options;
  const places = connections && {
    get connections() {
      return connections.connections;
    },
    stateChanged: connections.stateChanged,
    choose: (id: string, title: string, from: string) =>
      chooseFolder({ call: agent.call, id, title, start: from, trans })
  };
  const kept: unknown = await states?.fetch(STATE).catch(() => null);
  const first = [defaults, kept, prefilled].reduce<IFormValues>(fillForm, EMPTY_FORM);
  const serverRoot = PageConfig.getOption('serverRoot');
  const widget = ReactWidget.create(
    <AuditForm
      first={first}
      serverRoot={serverRoot}
      choose={browsers === null ? null : chooser({ browsers, contents, serverRoot })}
      places={places}
      onStart={async (request, form) => {
        await start(request);
        await states?.save(STATE, remembered(form));
      }}
      trans={trans}
    />
  );
  widget.addClass('jp-hepbatch');
  widget.addClass('jp-hepbatch-FormPanel');
  return widget;
}

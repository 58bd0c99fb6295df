import { Clipboard, Notification } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { PageConfig } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import * as z from 'zod';
import { Interpreter, SubmissionRequest } from '../../contract';
import type { Submission } from '../../contract';
import { chooser } from '../audits/choose';
import { chooseFolder } from '../connections/choose-folder';
import type { ConnectionsModel } from '../connections/model';
import { showFailure } from '../show-failure';
import type { IAgent } from '../tokens';
import { maySubmit } from './dialogs';
import { SubmissionFormView } from './form';
import { SubmissionForm } from './form-model';
import { FormValues, valuesOf } from './form-values';
import { JobLogModel } from './job-log-model';
import { NO_LIMITS, memoryLimit, timeLimit } from './limits';
import type { SubmissionsModel } from './model';
import { Monitor } from './monitor';
import type { IMonitorActions } from './monitor';
import { MonitorModel } from './monitor-model';
import type { IPrefilled } from './panels';
import { vanillaProfiles } from './vanilla-profile';
import { nameOf } from './words';

/** Where the choices of the last submission are remembered. */
const STATE = 'hepbatch:new-submission';
/** A longer samples JSON is not remembered: all of this is sent with each change of the layout. */
const MOST_KEPT = 200_000;
const Kept = z.object({ values: FormValues, interpreter: Interpreter.nullable() });

/** What all contents are made of. */
export interface IContentWorld {
  readonly agent: IAgent;
  readonly submissions: SubmissionsModel;
  readonly connections: ConnectionsModel;
  readonly trans: TranslationBundle;
}

/** The content of the panel of the form. */
export async function formContent(
  { agent, submissions, connections, trans }: IContentWorld,
  options: {
    readonly prefilled: IPrefilled;
    readonly states: IStateDB | null;
    readonly browsers: IFileBrowserFactory | null;
    readonly editors: IEditorServices | null;
    readonly contents: Contents.IManager;
    readonly submitted: (submission: Submission) => void;
    readonly cancel: () => void;
    readonly openConnection: (id: string) => void;
    readonly newConnection: () => void;
  }
): Promise<Widget> {
  const { prefilled, states, browsers, editors, contents } = options;
  if (!connections.isLoaded) {
    await connections.refresh();
  }
  const said: unknown = await states?.fetch(STATE).catch(() => null);
  const kept = Kept.safeParse(said).data ?? null;
  const asked = prefilled.request === undefined ? null : SubmissionRequest.parse(prefilled.request);
  const known = asked === null ? (kept?.values ?? FormValues.parse({})) : valuesOf(asked);
  const profiles = vanillaProfiles(connections.connections);
  const given = prefilled.values ?? {};
  const hasSamples = 'samples' in given || 'samplesGiven' in given;
  const filled = FormValues.parse({
    ...known,
    ...(hasSamples && { samplesEdited: null }), // what is remembered does not hide what was asked for
    ...given
  });
  const fitting = profiles.filter(({ host }) => prefilled.isHere !== true || host.kind === 'local');
  const isThere = fitting.some(({ id }) => id === filled.connection);
  const first =
    isThere || asked !== null ? filled : { ...filled, connection: fitting[0]?.id ?? '' };
  const form = new SubmissionForm({
    call: agent.call,
    submissions,
    connections,
    first,
    interpreter: asked === null ? (kept?.interpreter ?? null) : asked.interpreter,
    parent: prefilled.parent ?? null,
    keep: async (values, interpreter) => {
      // What an audit gave was for this one.
      const next = { ...values, samplesGiven: null, runnerGiven: null };
      if ((next.samplesEdited?.text.length ?? 0) > MOST_KEPT) {
        next.samplesEdited = null;
      }
      const state = z
        .record(z.string(), z.json())
        .parse(JSON.parse(JSON.stringify({ values: next, interpreter })));
      await states?.save(STATE, state).catch(() => undefined);
    },
    trans
  });
  const serverRoot = PageConfig.getOption('serverRoot');
  const files = browsers === null ? null : chooser({ browsers, contents, serverRoot });
  const widget = ReactWidget.create(
    <SubmissionFormView
      form={form}
      choosers={{
        editors,
        file: ({ profile }) =>
          files === null || profile?.host.kind !== 'local'
            ? null
            : (title, start) => files('json', title, start),
        folder: ({ profile, isReachable }) =>
          profile === null || !isReachable
            ? null
            : (title, start) =>
                chooseFolder({ call: agent.call, id: profile.id, title, start, trans })
      }}
      maySubmit={({ preview }, profile) =>
        preview === null ? Promise.resolve(false) : maySubmit(preview, profile, trans)
      }
      onSubmitted={options.submitted}
      onCancel={options.cancel}
      onOpen={options.openConnection}
      onNewConnection={options.newConnection}
      trans={trans}
    />
  );
  widget.addClass('jp-hepbatch');
  widget.addClass('jp-hepbatch-FormPanel');
  widget.disposed.connect(() => form.dispose());
  return widget;
}

/** The content of the panel of one submission. */
export async function monitorContent(
  { agent, submissions, connections, trans }: IContentWorld,
  options: {
    readonly token: string;
    readonly titled: (label: string) => void;
    readonly actions: Omit<IMonitorActions, 'copy' | 'logOf'>;
  }
): Promise<Widget> {
  const { token, titled } = options;
  if (!submissions.isLoaded) {
    await submissions.refresh();
  }
  const model = new MonitorModel(agent.call, token, submissions);
  const onState = () => {
    const { submission } = model;
    if (submission !== null) {
      titled(nameOf(submission));
    }
  };
  model.stateChanged.connect(onState);
  onState();
  const request =
    model.submission?.origin === 'hepbatch'
      ? await submissions.request(token).catch(() => null) // only a line in a plot needs it
      : null;
  const profile = connections.find(model.submission?.connection ?? '')?.profile;
  const defaults = profile?.defaults ?? {};
  const actions: IMonitorActions = {
    ...options.actions,
    copy: text => {
      Clipboard.copyToSystem(text);
      Notification.info(trans.__('Copied: %1', text), { autoClose: 5000 });
    },
    logOf: job => new JobLogModel(agent.call, { token, ...job }, () => widget.isVisible)
  };
  const widget: Widget = ReactWidget.create(
    <Monitor
      model={model}
      limits={
        request === null
          ? NO_LIMITS
          : {
              seconds: timeLimit(request.options, defaults),
              memoryMb: memoryLimit(request.options, defaults)
            }
      }
      actions={actions}
      trans={trans}
    />
  );
  widget.addClass('jp-hepbatch');
  widget.addClass('jp-hepbatch-MonitorPanel');
  widget.disposed.connect(() => {
    model.stateChanged.disconnect(onState);
    model.dispose();
  });
  model.refresh().catch((error: unknown) => void showFailure(error));
  return widget;
}

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import * as z from 'zod';
import type { LossAdvice } from '../../contract';
import type { ConnectionsModel } from '../connections/model';
import type { IAgent } from '../tokens';
import { daskProfiles } from './dask-profile';
import { DetailsView } from './details';
import { DetailsModel } from './details-model';
import { ClusterFormView } from './form';
import { ClusterForm } from './form-model';
import { valuesLike } from './form-values';
import { LogsView } from './logs';
import { LogsModel } from './logs-model';
import { LossesView } from './losses';
import { LossesModel } from './losses-model';
import type { ClustersModel } from './model';
import type { PanelKind } from './panels';
import { pickCluster } from './pick';
import { RememberedChoices } from './remembered';
import type { Choices } from './remembered';

/** What all contents are made of. */
export interface IContentWorld {
  readonly agent: IAgent;
  readonly clusters: ClustersModel;
  readonly connections: ConnectionsModel;
  readonly trans: TranslationBundle;
}

const Prefilled = z.object({
  connection: z.string().optional(),
  like: z.string().optional(),
  memory: z.string().optional()
});

/** The content of the panel of the form. */
export async function formContent(
  { agent, clusters, connections, trans }: IContentWorld,
  options: {
    readonly prefilled: object;
    readonly remembered: RememberedChoices;
    readonly kernel: string | null;
    readonly started: (id: string) => void;
    readonly cancel: () => void;
    readonly openConnection: (id: string) => void;
    readonly newConnection: () => void;
  }
): Promise<Widget> {
  const { prefilled, remembered, kernel } = options;
  if (!connections.isLoaded) {
    await connections.refresh();
  }
  const form = new ClusterForm({
    call: agent.call,
    clusters,
    connections,
    remembered,
    kernel,
    trans
  });
  const { connection, like, memory } = Prefilled.parse(prefilled);
  const profiles = daskProfiles(connections.connections);
  const model =
    like === undefined
      ? null
      : await pickCluster({ model: clusters, id: like, title: '', fits: () => true, trans });
  const last = await remembered.connection();
  const wanted = connection ?? model?.connection ?? last;
  const first = profiles.find(({ id }) => id === wanted) ?? profiles[0];
  if (first !== undefined) {
    let given: Choices | null = null;
    if (model !== null) {
      const { adaptive, workers, ...others } = model.options;
      const sized = adaptive === undefined ? { workers: workers ?? 1 } : { adaptive };
      const asked = { ...others, ...sized, ...(memory !== undefined && { memory }) };
      given = {
        values: valuesLike(asked, first.backend),
        interpreter: model.interpreter?.chosen ?? null
      };
    }
    await form.choose(first.id, given);
  }
  const widget = ReactWidget.create(
    <ClusterFormView
      form={form}
      onStarted={options.started}
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

/** The content of a panel about one cluster. */
export async function panelContent(
  { agent, clusters, trans }: IContentWorld,
  options: {
    readonly kind: PanelKind;
    readonly id: string;
    readonly titled: (label: string) => void;
    readonly advise: (id: string, advice: LossAdvice) => void;
    readonly openWorkerDashboard: ((dashboard: string) => void) | null;
  }
): Promise<Widget> {
  const { kind, id, titled } = options;
  const found = await pickCluster({ model: clusters, id, title: '', fits: () => true, trans });
  const name = found?.name ?? id;
  const { call } = agent;
  let widget: Widget;
  switch (kind) {
    case 'logs': {
      titled(trans.__('Logs: %1', name));
      const model: LogsModel = new LogsModel(call, id, () => widget.isVisible);
      widget = ReactWidget.create(<LogsView model={model} trans={trans} />);
      widget.disposed.connect(() => model.dispose());
      break;
    }
    case 'details': {
      titled(trans.__('Workers: %1', name));
      const model = new DetailsModel(call, id, clusters);
      widget = ReactWidget.create(
        <DetailsView model={model} openDashboard={options.openWorkerDashboard} trans={trans} />
      );
      widget.disposed.connect(() => model.dispose());
      break;
    }
    case 'losses': {
      titled(trans.__('Lost workers: %1', name));
      const model = new LossesModel(call, id, clusters);
      widget = ReactWidget.create(
        <LossesView model={model} onAdvice={advice => options.advise(id, advice)} trans={trans} />
      );
      widget.disposed.connect(() => model.dispose());
      break;
    }
  }
  widget.addClass('jp-hepbatch');
  widget.addClass('jp-hepbatch-ClusterPanel');
  return widget;
}

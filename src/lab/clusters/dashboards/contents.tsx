import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import type { ConnectionsModel } from '../../connections/model';
import type { IAgent } from '../../tokens';
import { ChooserView } from './chooser';
import { DashboardFrame } from './frame';
import type { DashboardsModel } from './model';
import type { IShownPage } from './panels';

/** What the contents of all panels are made of. */
export interface IDashboardWorld {
  readonly agent: IAgent;
  readonly model: DashboardsModel;
  readonly connections: ConnectionsModel;
  readonly baseUrl: string;
  readonly trans: TranslationBundle;
}

/** The content of a panel with one page. */
export function frameContent(
  { agent, model, connections, baseUrl, trans }: IDashboardWorld,
  { id, path }: IShownPage,
  titled: (label: string, caption: string) => void,
  openConnection: (connection: string) => void
): Widget {
  const opener = (connection: string) =>
    connections.find(connection)?.state === 'open' ? null : () => openConnection(connection);
  const frame = new DashboardFrame({ model, agent, id, path, baseUrl, opener, trans });
  const entitle = () => {
    const dashboard = model.find(id);
    if (dashboard !== undefined) {
      const page = dashboard.pages.find(known => known.path === path)?.title ?? path;
      titled(page, trans.__('%1 of %2', page, dashboard.title));
    }
  };
  model.stateChanged.connect(entitle);
  frame.disposed.connect(() => model.stateChanged.disconnect(entitle));
  entitle();
  return frame;
}

/** The content of the panel where dashboards are chosen. */
export function chooserContent(
  { model, connections, trans }: IDashboardWorld,
  actions: {
    readonly open: (id: string, path: string) => void;
    readonly layOut: (id: string) => void;
  }
): Widget {
  void model.refresh();
  return new ChooserView({ model, connections, ...actions, trans });
}

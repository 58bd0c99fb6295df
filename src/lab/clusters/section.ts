import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { LossAdvice } from '../../contract';
import type { ShownDetails } from '../connections/shown';
import type { LazyModel } from '../lazy-model';
import { LazyPanel } from '../lazy-panel';
import { ModelCount } from '../sidebar/model-count';
import type { IConnections, ISidebar } from '../tokens';
import type { CardVerb, IClusterActions } from './card-actions';
import { COMMANDS } from './command-ids';
import { DASHBOARD_COMMANDS } from './dashboards/command-ids';
import type { KernelFinder } from './kernel-finder';
import { showMenu } from './menu';
import type { ClustersModel } from './model';

/** The command of each verb of a card that needs the cluster alone. */
const VERBS: Record<Exclude<CardVerb, 'dashboards' | 'close-port'>, string> = {
  scale: COMMANDS.scale,
  stop: COMMANDS.stop,
  clean: COMMANDS.clean,
  remove: COMMANDS.remove,
  logs: COMMANDS.logs,
  losses: COMMANDS.losses,
  insert: COMMANDS.insert,
  report: COMMANDS.report,
  again: COMMANDS.again
};

/** Adds the clusters to the sidebar. */
export function addSection(options: {
  readonly sidebar: ISidebar;
  readonly clusters: LazyModel<ClustersModel>;
  readonly connections: IConnections;
  readonly commands: CommandRegistry;
  readonly shown: ShownDetails;
  readonly advise: (id: string, advice: LossAdvice) => void;
  /** Takes a cluster's code to a notebook while the pointer is down. */
  readonly grab: (id: string, event: PointerEvent) => void;
  readonly kernels: KernelFinder;
  readonly trans: TranslationBundle;
}): void {
  const { sidebar, clusters, connections, commands, shown, advise, grab, kernels, trans } = options;
  const count = new ModelCount<ClustersModel>(({ isLoaded, clusters: known }) =>
    isLoaded ? known.filter(({ endedAt }) => endedAt === null).length : null
  );
  clusters.loaded.connect(count.watch, count);
  // What fails is shown by the command.
  const execute = (command: string, args: Record<string, string | boolean> = {}) => {
    commands.execute(command, args).catch(() => undefined);
  };
  const isSeen = () => widget.isVisible;
  const fill = async () => {
    const [{ ClustersList }, model, hosts] = await Promise.all([
      import('./list'),
      clusters.model(),
      connections.model()
    ]);
    const actions: IClusterActions = {
      run: (verb, id) => {
        if (verb === 'dashboards') {
          execute(DASHBOARD_COMMANDS.open, { id: model.find(id)?.scheduler?.dashboard ?? '' });
        } else if (verb === 'close-port') {
          execute(COMMANDS.loopback, { id, open: false });
        } else {
          execute(VERBS[verb], { id });
        }
      },
      hasDashboards: () => commands.hasCommand(DASHBOARD_COMMANDS.open),
      advise,
      more: (id, button) => {
        const cluster = model.find(id);
        if (cluster !== undefined) {
          showMenu(commands, cluster, button);
        }
      },
      grab
    };
    const create = () => execute(COMMANDS.create);
    kernels.look(isSeen);
    return new ClustersList({ model, connections: hosts, shown, actions, create, trans });
  };
  const widget = new LazyPanel(fill, () => kernels.catchUp());
  const create = new CommandToolbarButton({
    commands,
    id: COMMANDS.create,
    args: { isToolbar: true },
    label: '',
    caption: trans.__('New cluster…')
  });
  const refresh = new ToolbarButton({
    icon: refreshIcon,
    tooltip: trans.__('Look for clusters again'),
    onClick: () => {
      void clusters.model().then(model => model.refresh());
      kernels.look(isSeen);
    }
  });
  sidebar.add({
    id: 'clusters',
    title: trans.__('Clusters'),
    widget,
    rank: 20,
    count,
    toolbar: [
      ['new-cluster', create],
      ['refresh', refresh]
    ]
  });
}

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IConsoleTracker } from '@jupyterlab/console';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ShownDetails } from '../connections/shown';
import { LazyModel } from '../lazy-model';
import { showFailure } from '../show-failure';
import { SHOW_SIDEBAR } from '../sidebar/commands';
import { IAgent, IClusters, IConnections, ISidebar } from '../tokens';
import { adviser } from './advise';
import { COMMANDS } from './command-ids';
import { DASHBOARD_COMMANDS } from './dashboards/command-ids';
import { addCommands } from './commands';
import { KernelFinder } from './kernel-finder';
import type { ClustersModel } from './model';
import { NewKernels } from './new-kernels';
import { Notebooks } from './notebooks';
import { ClusterPanels, KINDS } from './panels';
import { addSection } from './section';
import { ClusterSettings } from './settings';

/** Clusters in the front end: the section of the sidebar, the form, the panels, the commands. */
export const clustersPlugin: JupyterFrontEndPlugin<IClusters> = {
  id: 'hepbatch:clusters',
  description: 'Dask clusters: started, watched, scaled, stopped, and found again.',
  autoStart: true,
  provides: IClusters,
  requires: [IAgent, IConnections],
  optional: [
    ISidebar,
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    ISettingRegistry,
    IStateDB,
    INotebookTracker,
    IConsoleTracker,
    IRunningSessionManagers,
    IDefaultFileBrowser
  ],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    connections: IConnections,
    sidebar: ISidebar | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    states: IStateDB | null,
    tracker: INotebookTracker | null,
    consoles: IConsoleTracker | null,
    running: IRunningSessionManagers | null,
    browser: IDefaultFileBrowser | null
  ): IClusters => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const { commands } = app;
    let known: ClustersModel | null = null;
    const clusters = new LazyModel(agent, async () => {
      const { ClustersModel } = await import('./model');
      known = new ClustersModel(agent.call, agent.heard);
      return known;
    });
    const settings = new ClusterSettings(registry);
    const notebooks = new Notebooks(tracker, app.shell, trans);
    const shown = new ShownDetails();
    // What fails is shown by the command.
    const execute = (command: string, args: Record<string, string> = {}) => {
      commands.execute(command, args).catch(() => undefined);
    };
    const advise = adviser({ commands, notebooks });
    const world = async () => {
      const [contents, model, connected] = await Promise.all([
        import('./contents'),
        clusters.model(),
        connections.model()
      ]);
      return { contents, world: { agent, clusters: model, connections: connected, trans } };
    };
    const panels = new ClusterPanels(
      app.shell,
      {
        form: async prefilled => {
          const [{ contents, world: common }, { RememberedChoices }] = await Promise.all([
            world(),
            import('./remembered')
          ]);
          return contents.formContent(common, {
            prefilled,
            remembered: new RememberedChoices(states),
            kernel: notebooks.kernel,
            started: id => {
              panels.closeForm();
              void commands.execute(SHOW_SIDEBAR, { section: 'clusters' });
              shown.reveal(id);
            },
            cancel: () => panels.closeForm(),
            openConnection: id => execute('hepbatch:open-connection', { id }),
            newConnection: () => execute('hepbatch:new-connection')
          });
        },
        panel: async (kind, id, titled) => {
          const { contents, world: common } = await world();
          const openWorkerDashboard = commands.hasCommand(DASHBOARD_COMMANDS.open)
            ? (dashboard: string) => execute(DASHBOARD_COMMANDS.open, { id: dashboard })
            : null;
          return contents.panelContent(common, { kind, id, titled, advise, openWorkerDashboard });
        }
      },
      trans
    );
    addCommands({
      app,
      clusters,
      connections,
      panels,
      settings,
      notebooks,
      shown,
      palette,
      known: () => known,
      browser,
      trans
    });
    const grab = (id: string, event: PointerEvent) => {
      void Promise.all([import('./drag'), clusters.model(), settings.read()]).then(
        ([{ dragCode }, model, { plainCode }]) =>
          dragCode(
            event,
            () => model.clientCode(id, !plainCode),
            error => void showFailure(error)
          )
      );
    };
    const kernels = new KernelFinder([tracker, consoles], app.serviceManager, clusters);
    if (sidebar !== null) {
      addSection({ sidebar, clusters, connections, commands, shown, advise, grab, kernels, trans });
    }
    if (restorer !== null) {
      for (const kind of KINDS) {
        void restorer.restore(panels.trackers[kind], {
          command: COMMANDS[kind],
          args: widget => ({ id: panels.clusterOf(kind, widget) }),
          name: widget => panels.clusterOf(kind, widget)
        });
      }
    }
    // Whoever uses the agent hears of lost workers, even with the sidebar closed.
    const onAgent = () => {
      if (agent.state === 'up') {
        agent.stateChanged.disconnect(onAgent);
        clusters.model().catch(() => {
          agent.stateChanged.connect(onAgent); // the code could not be fetched: with the next line
        });
      }
    };
    agent.stateChanged.connect(onAgent);
    clusters.loaded.connect((_, model) => {
      const stop = (id: string) => execute(COMMANDS.stop, { id });
      const show = (id: string) => execute(COMMANDS.show, { id });
      const report = (id: string) => execute(COMMANDS.losses, { id });
      void Promise.all([
        import('./running'),
        import('./notices'),
        import('./recording-notices')
      ]).then(([{ RunningClusters }, { LossNotices }, { RecordingNotices }]) => {
        running?.add(new RunningClusters(model, { show, stop }, trans));
        new LossNotices(model, { advise, report }, trans);
        new RecordingNotices(model, trans);
      });
    });
    if (tracker !== null) {
      const { sessions } = app.serviceManager;
      new NewKernels(tracker, sessions, (kernel, title) => {
        void settings
          .read()
          .then(async wished => {
            if (wished.connectNewKernels) {
              const [{ connectKernel }, model] = await Promise.all([
                import('./connect-kernel'),
                clusters.model()
              ]);
              await connectKernel({ kernel, title, settings: wished, model, trans });
            }
          })
          .catch(showFailure);
      });
    }
    return clusters;
  }
};

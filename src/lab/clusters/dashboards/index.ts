import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LazyModel } from '../../lazy-model';
import { IAgent, IConnections } from '../../tokens';
import { DASHBOARD_COMMANDS } from './command-ids';
import { addDashboardCommands } from './commands';
import { DashboardPanels } from './panels';

/** Dashboards of Dask in the front end: a panel for each page, and where they are chosen. */
export const dashboardsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'hepbatch:dashboards',
  description: 'Dashboards of Dask in panels, reached through the connections.',
  autoStart: true,
  requires: [IAgent, IConnections],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, ILauncher],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    connections: IConnections,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const { commands } = app;
    const { baseUrl } = app.serviceManager.serverSettings;
    const dashboards = new LazyModel(agent, async () => {
      const { DashboardsModel } = await import('./model');
      return new DashboardsModel(agent.call, agent.heard);
    });
    // What fails is shown by the command.
    const execute = (command: string, args: Record<string, string>) => {
      commands.execute(command, args).catch(() => undefined);
    };
    const world = async () => {
      const [contents, model, connected] = await Promise.all([
        import('./contents'),
        dashboards.model(),
        connections.model()
      ]);
      return { contents, world: { agent, model, connections: connected, baseUrl, trans } };
    };
    const panels = new DashboardPanels(
      app.shell,
      {
        frame: async (page, titled) => {
          const { contents, world: common } = await world();
          const openConnection = (id: string) => execute('hepbatch:open-connection', { id });
          return contents.frameContent(common, page, titled, openConnection);
        },
        chooser: async () => {
          const { contents, world: common } = await world();
          return contents.chooserContent(common, {
            open: (id, path) => execute(DASHBOARD_COMMANDS.open, { id, path }),
            layOut: id => execute(DASHBOARD_COMMANDS.layout, { id })
          });
        }
      },
      trans
    );
    addDashboardCommands({ app, dashboards, panels, palette, trans });
    launcher?.add({ command: DASHBOARD_COMMANDS.choose, category: trans.__('Other') });
    if (restorer !== null) {
      void restorer.restore(panels.tracker, {
        command: DASHBOARD_COMMANDS.open,
        args: widget => ({ ...panels.pageOf(widget) }),
        name: widget => widget.id
      });
      void restorer.restore(panels.choosers, {
        command: DASHBOARD_COMMANDS.choose,
        name: () => 'chooser'
      });
    }
  }
};

import { ILabStatus } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LazyModel } from '../lazy-model';
import { SHOW_SIDEBAR } from '../sidebar/commands';
import { IAgent, IConnections, ISidebar } from '../tokens';
import { addCommands, COMMANDS } from './commands';
import { ConnectionPanels } from './panels';
import { addSection } from './section';
import { ConnectionSettings } from './settings';
import { ShownDetails } from './shown';

/** Connections in the front end: the section of the sidebar, the form, the commands. */
export const connectionsPlugin: JupyterFrontEndPlugin<IConnections> = {
  id: 'hepbatch:connections',
  description: 'Connections: the hosts and batch systems where work goes, opened and closed.',
  autoStart: true,
  provides: IConnections,
  requires: [IAgent],
  optional: [
    ISidebar,
    ITranslator,
    ICommandPalette,
    ISettingRegistry,
    ILabStatus,
    IStatusBar,
    IRunningSessionManagers
  ],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    sidebar: ISidebar | null,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    status: ILabStatus | null,
    statusBar: IStatusBar | null,
    running: IRunningSessionManagers | null
  ): IConnections => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const { commands } = app;
    const connections = new LazyModel(agent, async () => {
      const { ConnectionsModel } = await import('./model');
      return new ConnectionsModel(agent.call, agent.heard);
    });
    const settings = new ConnectionSettings(registry);
    const shown = new ShownDetails();
    const panels = new ConnectionPanels({
      shell: app.shell,
      status,
      content: async (purpose, frame) => {
        const [{ formContent }, model, set] = await Promise.all([
          import('./contents'),
          connections.model(),
          settings.read()
        ]);
        const saved = (id: string) => {
          void commands.execute(SHOW_SIDEBAR, { section: 'connections' });
          shown.reveal(id);
        };
        return formContent({
          purpose,
          frame,
          agent,
          connections: model,
          settings: set,
          saved,
          trans
        });
      },
      trans
    });
    addCommands({ app, connections, panels, settings, shown, palette, trans });
    if (sidebar !== null) {
      addSection({ sidebar, connections, commands, settings, shown, trans });
    }
    // Whoever uses the agent sees what is open, even with the sidebar closed.
    const onAgent = () => {
      if (agent.state === 'up') {
        agent.stateChanged.disconnect(onAgent);
        connections.model().catch(() => {
          agent.stateChanged.connect(onAgent); // the code could not be fetched: with the next line
        });
      }
    };
    agent.stateChanged.connect(onAgent);
    connections.loaded.connect((_, model) => {
      // What fails is shown by the command.
      const execute = (command: string) => (id: string) => {
        commands.execute(command, { id }).catch(() => undefined);
      };
      const actions = { show: execute(COMMANDS.show), close: execute(COMMANDS.close) };
      const reveal = () => void commands.execute(SHOW_SIDEBAR, { section: 'connections' });
      void Promise.all([import('./status-bar'), import('./running')]).then(
        ([{ ConnectionsStatus }, { RunningConnections }]) => {
          running?.add(new RunningConnections(model, actions, trans));
          const item = new ConnectionsStatus(model, reveal, trans);
          statusBar?.registerStatusItem('hepbatch:connections', {
            item,
            align: 'left',
            rank: 20,
            isActive: () => item.isActive(),
            activeStateChanged: item.activeChanged
          });
        }
      );
    });
    return connections;
  }
};

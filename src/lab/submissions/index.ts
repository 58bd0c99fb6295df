import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LazyModel } from '../lazy-model';
import { showFailure } from '../show-failure';
import { IAgent, IConnections, ISidebar, ISubmissions } from '../tokens';
import { COMMANDS } from './command-ids';
import { actOnJobs, addCommands } from './commands';
import type { MonitorVerb } from './monitor';
import { SubmissionPanels } from './panels';
import { addSection } from './section';

/** Submissions in the front end: the section of the sidebar, the form, the monitors, the commands. */
export const submissionsPlugin: JupyterFrontEndPlugin<ISubmissions> = {
  id: 'hepbatch:submissions',
  description: 'Submissions: plain batch jobs, previewed, submitted, watched, retried, audited.',
  autoStart: true,
  provides: ISubmissions,
  requires: [IAgent, IConnections],
  optional: [
    ISidebar,
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    IStateDB,
    IFileBrowserFactory,
    ILauncher,
    IEditorServices
  ],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    connections: IConnections,
    sidebar: ISidebar | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    states: IStateDB | null,
    browsers: IFileBrowserFactory | null,
    launcher: ILauncher | null,
    editors: IEditorServices | null
  ): ISubmissions => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const { commands, serviceManager } = app;
    const submissions = new LazyModel(agent, async () => {
      const { SubmissionsModel } = await import('./model');
      return new SubmissionsModel(agent.call, agent.heard);
    });
    // What fails is shown by the command.
    const execute = (command: string, args: Record<string, string> = {}) => {
      commands.execute(command, args).catch(() => undefined);
    };
    const world = async () => {
      const [contents, model, hosts] = await Promise.all([
        import('./contents'),
        submissions.model(),
        connections.model()
      ]);
      return { contents, world: { agent, submissions: model, connections: hosts, trans } };
    };
    /** Types a line into a terminal of the Jupyter server; the user starts it. */
    const terminal = async (line: string) => {
      const session = await serviceManager.terminals.startNew();
      session.send({ type: 'stdin', content: [line] });
      await commands.execute('terminal:open', { name: session.name });
    };
    const panels: SubmissionPanels = new SubmissionPanels(
      app.shell,
      {
        form: async prefilled => {
          const { contents, world: common } = await world();
          return contents.formContent(common, {
            prefilled,
            states,
            browsers,
            editors,
            contents: serviceManager.contents,
            submitted: ({ token }) => {
              panels.closeForm();
              panels.open(token);
            },
            cancel: () => panels.closeForm(),
            openConnection: id => execute('hepbatch:open-connection', { id }),
            newConnection: () => execute('hepbatch:new-connection')
          });
        },
        monitor: async (token, titled) => {
          const { contents, world: common } = await world();
          const { submissions: model, connections: hosts } = common;
          const host = () => hosts.find(model.find(token)?.connection ?? '')?.profile.host.kind;
          const canType = commands.hasCommand('terminal:open') && host() !== 'ssh';
          return contents.monitorContent(common, {
            token,
            titled,
            actions: {
              act: (verb: MonitorVerb, jobs) => {
                const submission = model.find(token);
                if (submission !== undefined) {
                  actOnJobs(verb, submission, jobs, model, panels, trans).catch(
                    (error: unknown) => void showFailure(error)
                  );
                }
              },
              run: verb => execute(COMMANDS[verb], { token }),
              open: other => panels.open(other),
              terminal: canType
                ? line => {
                    terminal(line).catch((error: unknown) => void showFailure(error));
                  }
                : null
            }
          });
        }
      },
      trans
    );
    addCommands({ app, agent, submissions, connections, panels, palette, browsers, trans });
    launcher?.add({
      command: COMMANDS.create,
      args: { isLauncher: true },
      category: trans.__('hepbatch')
    });
    if (sidebar !== null) {
      addSection({ sidebar, submissions, connections, commands, trans });
    }
    if (restorer !== null) {
      void restorer.restore(panels.tracker, {
        command: COMMANDS.open,
        args: widget => ({ token: panels.tokenOf(widget) }),
        name: widget => panels.tokenOf(widget)
      });
    }
    // Whoever uses the agent hears of failures, even with the sidebar closed.
    const onAgent = () => {
      if (agent.state === 'up') {
        agent.stateChanged.disconnect(onAgent);
        submissions.model().catch(() => {
          agent.stateChanged.connect(onAgent); // the code could not be fetched: with the next line
        });
      }
    };
    agent.stateChanged.connect(onAgent);
    submissions.loaded.connect((_, model) => {
      void import('./notices').then(
        ({ SubmissionNotices }) =>
          new SubmissionNotices(model, token => execute(COMMANDS.open, { token }), trans)
      );
    });
    return submissions;
  }
};

import { ILayoutRestorer, IRouter } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { AuditRequest } from '../../contract';
import { LazyModel } from '../lazy-model';
import { COMMANDS as SUBMISSION_COMMANDS } from '../submissions/command-ids';
import { IAgent, IAudits, IConnections, ISidebar } from '../tokens';
import { addAddress } from './address';
import { addCommands, COMMANDS } from './commands';
import { AuditPanels } from './panels';
import { addSection } from './section';
import { AuditSettings } from './settings';

/** Audits in the front end: the section of the sidebar, the panels, the commands. */
export const auditsPlugin: JupyterFrontEndPlugin<IAudits> = {
  id: 'hepbatch:audits',
  description:
    'Audits: compares a samples JSON with the outputs on disk and exports what is missing.',
  autoStart: true,
  provides: IAudits,
  requires: [IAgent],
  optional: [
    ISidebar,
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    ISettingRegistry,
    IStateDB,
    IFileBrowserFactory,
    IRouter,
    IConnections
  ],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    sidebar: ISidebar | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null,
    states: IStateDB | null,
    browsers: IFileBrowserFactory | null,
    router: IRouter | null,
    connections: IConnections | null
  ): IAudits => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const { commands, serviceManager } = app;
    const audits = new LazyModel(agent, async () => {
      const { AuditsModel } = await import('./model');
      return new AuditsModel(agent.call, agent.heard);
    });
    const settings = new AuditSettings(registry);
    const panels = new AuditPanels(
      app.shell,
      {
        report: async (id, titled) => {
          const [{ reportContent }, model] = await Promise.all([
            import('./contents'),
            audits.model()
          ]);
          const replace = (next: string) => {
            panels.openReport(next);
            panels.closeReport(id);
          };
          const submitMissing = commands.hasCommand(SUBMISSION_COMMANDS.missing)
            ? async (datasets: string[] | null) => {
                // What fails is shown by the command.
                const args = { audit: id, datasets };
                await commands.execute(SUBMISSION_COMMANDS.missing, args).catch(() => undefined);
              }
            : null;
          return reportContent({ id, agent, audits: model, titled, replace, submitMissing, trans });
        },
        form: async prefilled => {
          const [{ formContent }, hosts] = await Promise.all([
            import('./contents'),
            connections?.model() ?? null
          ]);
          const start = async (request: AuditRequest) => {
            const audit = await (await audits.model()).start(request);
            panels.openReport(audit.id);
            panels.closeForm();
          };
          const defaults = await settings.defaults();
          const { contents } = serviceManager;
          return formContent({
            prefilled,
            defaults,
            states,
            browsers,
            contents,
            agent,
            connections: hosts,
            start,
            trans
          });
        }
      },
      trans
    );
    addCommands({ app, agent, audits, panels, browsers, palette, trans });
    if (sidebar !== null) {
      addSection({ sidebar, audits, commands, settings, trans });
    }
    if (restorer !== null) {
      void restorer.restore(panels.tracker, {
        command: COMMANDS.open,
        args: widget => ({ id: panels.auditOf(widget) }),
        name: widget => panels.auditOf(widget)
      });
    }
    if (router !== null) {
      addAddress(app, router, panels);
    }
    return audits;
  }
};

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IAgent } from '../lab/tokens';
import { MODULE, VERSION } from './version';

/** Plugins whose id begins so provide the registry of widgets. */
const MANAGER = '@jupyter-widgets/jupyterlab-manager';

/**
 * The widgets of analysis cells. `@jupyter-widgets/base` is the widget manager's copy: we ship none,
 * so it is imported only where there is a manager, and never at the top of a file that is loaded
 * at start, since the whole extension would be gone where there is none.
 */
export const widgetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'hepbatch:widgets',
  description: 'The widgets of hepbatch in notebooks.',
  autoStart: true,
  optional: [ITranslator, IAgent, ISettingRegistry],
  activate: async (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    agent: IAgent | null,
    settings: ISettingRegistry | null
  ): Promise<void> => {
    if (!app.listPlugins().some(id => id.startsWith(MANAGER))) {
      return;
    }
    const { IJupyterWidgetRegistry } = await import('@jupyter-widgets/base');
    const registry = await app.resolveOptionalService(IJupyterWidgetRegistry);
    registry?.registerWidget({
      name: MODULE,
      version: VERSION,
      exports: async () => {
        const [
          { AuditModel, auditView },
          { ClusterWidgetModel, clusterView },
          connections,
          { SubmissionWidgetModel, submissionView },
          { ConnectionSettings }
        ] = await Promise.all([
          import('./audits'),
          import('./clusters'),
          import('./connections'),
          import('./submissions'),
          import('../lab/connections/settings')
        ]);
        const trans = (translator ?? nullTranslator).load('hepbatch');
        const set = await new ConnectionSettings(settings).read();
        // A cell uses an agent; where it is that of this Lab, what it asks is shown here, too.
        void agent?.join();
        return {
          AuditModel,
          AuditView: auditView(trans),
          ClusterWidgetModel,
          ClusterWidgetView: clusterView(agent?.call ?? null, trans),
          ConnectionsWidgetModel: connections.ConnectionsWidgetModel,
          ConnectionsWidgetView: connections.connectionsView(set, trans),
          SubmissionWidgetModel,
          SubmissionWidgetView: submissionView(trans)
        };
      }
    });
  }
};

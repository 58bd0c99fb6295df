import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { agentPlugin } from './agent-plugin';
import { auditsPlugin } from './audits';
import { clustersPlugin } from './clusters';
import { dashboardsPlugin } from './clusters/dashboards';
import { connectionsPlugin } from './connections';
import { promptsPlugin } from './connections/prompts';
import { sidebarPlugin } from './sidebar';
import { submissionsPlugin } from './submissions';
import type { IAgent, IAudits, IClusters, IConnections, ISidebar, ISubmissions } from './tokens';

/** The plugins of the front end. */
export const labPlugins: [
  JupyterFrontEndPlugin<IAgent>,
  JupyterFrontEndPlugin<ISidebar>,
  JupyterFrontEndPlugin<void>,
  JupyterFrontEndPlugin<IConnections>,
  JupyterFrontEndPlugin<IClusters>,
  JupyterFrontEndPlugin<void>,
  JupyterFrontEndPlugin<ISubmissions>,
  JupyterFrontEndPlugin<IAudits>
] = [
  agentPlugin,
  sidebarPlugin,
  promptsPlugin,
  connectionsPlugin,
  clustersPlugin,
  dashboardsPlugin,
  submissionsPlugin,
  auditsPlugin
];

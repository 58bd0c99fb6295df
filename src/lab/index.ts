import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { agentPlugin } from './agent-plugin';
import { auditsPlugin } from './audits';
import { sidebarPlugin } from './sidebar';
import type { IAgent, IAudits, ISidebar } from './tokens';

/** The plugins of the front end. */
export const labPlugins: [
  JupyterFrontEndPlugin<IAgent>,
  JupyterFrontEndPlugin<ISidebar>,
  JupyterFrontEndPlugin<IAudits>
] = [agentPlugin, sidebarPlugin, auditsPlugin];

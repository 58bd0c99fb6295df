import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { hepbatchIcon } from '../icons';
import { IAgent, ISidebar } from '../tokens';
import { SHOW_SIDEBAR } from './commands';
import { Sidebar } from './sidebar';

/** The sidebar; features add their sections to it. */
export const sidebarPlugin: JupyterFrontEndPlugin<ISidebar> = {
  id: 'hepbatch:sidebar',
  description: 'The sidebar of hepbatch, with a section for each feature.',
  autoStart: true,
  provides: ISidebar,
  requires: [IAgent],
  optional: [ITranslator, IStateDB, ILayoutRestorer, ICommandPalette, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    agent: IAgent,
    translator: ITranslator | null,
    states: IStateDB | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    labShell: ILabShell | null
  ): ISidebar => {
    const trans = (translator ?? nullTranslator).load('hepbatch');
    const sidebar = new Sidebar({ agent, states, translator: translator ?? nullTranslator });
    sidebar.id = 'hepbatch-sidebar';
    sidebar.title.icon = hepbatchIcon;
    sidebar.title.caption = trans.__('hepbatch: connections, clusters, submissions and audits');
    sidebar.node.setAttribute('role', 'region');
    sidebar.node.setAttribute('aria-label', trans.__('hepbatch'));
    app.shell.add(sidebar, 'left', { rank: 450, type: 'hepbatch' });
    restorer?.add(sidebar, sidebar.id);
    app.commands.addCommand(SHOW_SIDEBAR, {
      label: trans.__('Show the hepbatch Sidebar'),
      caption: trans.__(
        'Show connections, clusters, submissions and audits, and what can be started'
      ),
      icon: hepbatchIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            section: { type: 'string', description: 'Id of a section to open, such as connections' }
          }
        }
      },
      execute: args => {
        if (typeof args['section'] === 'string') {
          sidebar.expand(args['section']);
        }
        // Where the user moved it, right or left, it is found by its id.
        (labShell ?? app.shell).activateById(sidebar.id);
      }
    });
    palette?.addItem({ command: SHOW_SIDEBAR, category: trans.__('hepbatch') });
    return sidebar;
  }
};

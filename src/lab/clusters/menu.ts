import type { CommandRegistry } from '@lumino/commands';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { Cluster } from '../../contract';
import { COMMANDS } from './command-ids';
import { DASHBOARD_COMMANDS } from './dashboards/command-ids';
import { dashboardOf } from './offered';

/** What the menu of a card offers, in groups. */
const GROUPS: readonly (readonly string[])[] = [
  [COMMANDS.insert, COMMANDS.copy, COMMANDS.kernels, COMMANDS.loopback],
  [COMMANDS.scale, COMMANDS.adapt],
  [COMMANDS.logs, COMMANDS.details, COMMANDS.losses],
  [COMMANDS.record, COMMANDS.report],
  [COMMANDS.again, COMMANDS.stop, COMMANDS.clean, COMMANDS.remove]
];

/** Opens a menu of all that can be done, below its button, which gets the focus back. */
export function showMenu(commands: CommandRegistry, cluster: Cluster, button: HTMLElement): void {
  const menu = new MenuSvg({ commands });
  const args = { id: cluster.id, isMenu: true };
  const dashboard = dashboardOf(cluster);
  if (dashboard !== null && commands.hasCommand(DASHBOARD_COMMANDS.open)) {
    menu.addItem({ command: DASHBOARD_COMMANDS.open, args: { id: dashboard, isMenu: true } });
    menu.addItem({ type: 'separator' });
  }
  for (const group of GROUPS) {
    for (const command of group) {
      menu.addItem({ command, args });
      if (command === COMMANDS.insert) {
        menu.addItem({ command, args: { ...args, plain: true } });
      }
    }
    menu.addItem({ type: 'separator' });
  }
  menu.aboutToClose.connect(() => {
    button.focus();
    // Closing is not over yet, and what was chosen is executed after it.
    setTimeout(() => menu.dispose(), 0);
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}

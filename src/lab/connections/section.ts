import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { LazyModel } from '../lazy-model';
import { LazyPanel } from '../lazy-panel';
import { ModelCount } from '../sidebar/model-count';
import type { ISidebar } from '../tokens';
import { COMMANDS } from './commands';
import type { ConnectionsModel } from './model';
import type { ConnectionSettings } from './settings';
import type { ShownDetails } from './shown';

/** Adds the connections to the sidebar. */
export function addSection(options: {
  readonly sidebar: ISidebar;
  readonly connections: LazyModel<ConnectionsModel>;
  readonly commands: CommandRegistry;
  readonly settings: ConnectionSettings;
  readonly shown: ShownDetails;
  readonly trans: TranslationBundle;
}): void {
  const { sidebar, connections, commands, settings, shown, trans } = options;
  const count = new ModelCount<ConnectionsModel>(({ isLoaded, connections: known }) =>
    isLoaded ? known.filter(({ unusable }) => unusable === null).length : null
  );
  connections.loaded.connect(count.watch, count);
  const widget = new LazyPanel(async () => {
    const [{ ConnectionsList }, model, { showUnusable, warnMinutes }] = await Promise.all([
      import('./list'),
      connections.model(),
      settings.read()
    ]);
    // What fails is shown by the command.
    const execute = (command: string) => (id: string) => {
      commands.execute(command, { id }).catch(() => undefined);
    };
    return new ConnectionsList({
      model,
      shown,
      showUnusable,
      warnMinutes,
      trans,
      actions: {
        open: execute(COMMANDS.open),
        close: execute(COMMANDS.close),
        probe: execute(COMMANDS.probe),
        ticket: execute(COMMANDS.ticket),
        proxy: execute(COMMANDS.proxy),
        more: (id, button) => showMenu(commands, { id, origin: model.find(id)?.origin }, button)
      }
    });
  });
  const create = new CommandToolbarButton({
    commands,
    id: COMMANDS.create,
    args: { isToolbar: true },
    label: '',
    caption: trans.__('New connection…')
  });
  const refresh = new ToolbarButton({
    icon: refreshIcon,
    tooltip: trans.__('Read the list of connections again'),
    onClick: () => void connections.model().then(model => model.refresh())
  });
  sidebar.add({
    id: 'connections',
    title: trans.__('Connections'),
    widget,
    rank: 10,
    count,
    toolbar: [
      ['new-connection', create],
      ['refresh', refresh]
    ]
  });
}

/** Opens a menu of what else can be done, below its button, which gets the focus back. */
function showMenu(
  commands: CommandRegistry,
  { id, origin }: { readonly id: string; readonly origin: string | undefined },
  button: HTMLElement
): void {
  const menu = new Menu({ commands });
  const args = { id, isMenu: true, ...(origin !== undefined && { origin }) };
  for (const command of [COMMANDS.edit, COMMANDS.duplicate, COMMANDS.remove]) {
    menu.addItem({ command, args });
  }
  menu.aboutToClose.connect(() => {
    button.focus();
    // Closing is not over yet, and what was chosen is executed after it.
    setTimeout(() => menu.dispose(), 0);
  });
  const { left, bottom } = button.getBoundingClientRect();
  menu.open(left, bottom);
}

import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { LazyModel } from '../lazy-model';
import { LazyPanel } from '../lazy-panel';
import { ModelCount } from '../sidebar/model-count';
import type { ISidebar } from '../tokens';
import { COMMANDS } from './commands';
import type { AuditsModel } from './model';
import type { AuditSettings } from './settings';

/** Adds the audits to the sidebar. */
export function addSection(options: {
  readonly sidebar: ISidebar;
  readonly audits: LazyModel<AuditsModel>;
  readonly commands: CommandRegistry;
  readonly settings: AuditSettings;
  readonly trans: TranslationBundle;
}): void {
  const { sidebar, audits, commands, settings, trans } = options;
  const count = new ModelCount<AuditsModel>(({ isLoaded, audits: known }) =>
    isLoaded ? known.length : null
  );
  audits.loaded.connect(count.watch, count);
  const widget = new LazyPanel(async () => {
    const [{ AuditsList }, model, most] = await Promise.all([
      import('./list'),
      audits.model(),
      settings.recent()
    ]);
    // What fails is shown by the command.
    const execute = (command: string) => (id: string) => {
      commands.execute(command, { id }).catch(() => undefined);
    };
    return new AuditsList({
      model,
      most,
      trans,
      actions: {
        create: () => void commands.execute(COMMANDS.create),
        open: execute(COMMANDS.open),
        cancel: execute(COMMANDS.cancel),
        rerun: execute(COMMANDS.rerun),
        remove: execute(COMMANDS.remove)
      }
    });
  });
  const create = new CommandToolbarButton({
    commands,
    id: COMMANDS.create,
    args: { isToolbar: true },
    label: '',
    caption: trans.__('New audit…')
  });
  const refresh = new ToolbarButton({
    icon: refreshIcon,
    tooltip: trans.__('Read the list of audits again'),
    onClick: () => void audits.model().then(model => model.refresh())
  });
  sidebar.add({
    id: 'audits',
    title: trans.__('Audits'),
    widget,
    rank: 40,
    count,
    toolbar: [
      ['new-audit', create],
      ['refresh', refresh]
    ]
  });
}

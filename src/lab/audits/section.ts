import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { LazyPanel } from '../lazy-panel';
import type { ICount, ISidebar } from '../tokens';
import { COMMANDS } from './commands';
import type { LazyModel } from './lazy-model';
import type { AuditsModel } from './model';
import type { AuditSettings } from './settings';

/** How many audits there are, once that is known. */
class AuditsCount implements ICount {
  readonly changed: Signal<ICount, void> = new Signal<ICount, void>(this);
  value: number | null = null;

  watch(_: unknown, model: AuditsModel): void {
    model.stateChanged.connect(this._count, this);
    this._count(model);
  }

  private _count(model: AuditsModel): void {
    const value = model.isLoaded ? model.audits.length : null;
    if (value !== this.value) {
      this.value = value;
      this.changed.emit();
    }
  }
}

/** Adds the audits to the sidebar. */
export function addSection(options: {
  readonly sidebar: ISidebar;
  readonly audits: LazyModel;
  readonly commands: CommandRegistry;
  readonly settings: AuditSettings;
  readonly trans: TranslationBundle;
}): void {
  const { sidebar, audits, commands, settings, trans } = options;
  const count = new AuditsCount();
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
    label: ''
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

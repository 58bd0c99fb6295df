import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { LazyModel } from '../lazy-model';
import { LazyPanel } from '../lazy-panel';
import { ModelCount } from '../sidebar/model-count';
import type { IConnections, ISidebar } from '../tokens';
import { COMMANDS } from './command-ids';
import type { SubmissionsModel } from './model';

/** Adds the submissions to the sidebar. */
export function addSection(options: {
  readonly sidebar: ISidebar;
  readonly submissions: LazyModel<SubmissionsModel>;
  readonly connections: IConnections;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}): void {
  const { sidebar, submissions, connections, commands, trans } = options;
  const count = new ModelCount<SubmissionsModel>(({ isLoaded, submissions: known }) =>
    isLoaded ? known.length : null
  );
  submissions.loaded.connect(count.watch, count);
  // What fails is shown by the command.
  const execute = (command: string, args: Record<string, string> = {}) => {
    commands.execute(command, args).catch(() => undefined);
  };
  const widget = new LazyPanel(async () => {
    const [{ SubmissionsList }, model, hosts] = await Promise.all([
      import('./list'),
      submissions.model(),
      connections.model()
    ]);
    return new SubmissionsList({
      model,
      connections: hosts,
      trans,
      create: () => execute(COMMANDS.create),
      actions: {
        open: token => execute(COMMANDS.open, { token }),
        run: (verb, token) => execute(COMMANDS[verb], { token })
      }
    });
  });
  const create = new CommandToolbarButton({
    commands,
    id: COMMANDS.create,
    args: { isToolbar: true },
    label: '',
    caption: trans.__('New submission…')
  });
  const refresh = new ToolbarButton({
    icon: refreshIcon,
    tooltip: trans.__('Read the list of submissions again'),
    onClick: () => void submissions.model().then(model => model.refresh())
  });
  sidebar.add({
    id: 'submissions',
    title: trans.__('Submissions'),
    widget,
    rank: 30,
    count,
    toolbar: [
      ['new-submission', create],
      ['refresh', refresh]
    ]
  });
}

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, copyIcon, deleteIcon, editIcon } from '@jupyterlab/ui-components';
import type { Connection } from '../../contract';
import { connectionIcon } from '../icons';
import { showFailure } from '../show-failure';
import { SHOW_SIDEBAR } from '../sidebar/commands';
import type { IConnections } from '../tokens';
import type { ConnectionPanels } from './panels';
import type { ConnectionSettings } from './settings';
import type { ShownDetails } from './shown';

/** Ids of the commands. */
export const COMMANDS = {
  create: 'hepbatch:new-connection',
  open: 'hepbatch:open-connection',
  close: 'hepbatch:close-connection',
  edit: 'hepbatch:edit-connection',
  duplicate: 'hepbatch:duplicate-connection',
  remove: 'hepbatch:delete-connection',
  show: 'hepbatch:show-connection',
  probe: 'hepbatch:refresh-connection',
  ticket: 'hepbatch:get-ticket',
  proxy: 'hepbatch:get-proxy'
} as const;

type Args = Readonly<Record<string, unknown>>;

/** The verbs of connections; dialogs and messages belong to them. */
export function addCommands(options: {
  readonly app: JupyterFrontEnd;
  readonly connections: IConnections;
  readonly panels: ConnectionPanels;
  readonly settings: ConnectionSettings;
  readonly shown: ShownDetails;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}): void {
  const { app, connections, panels, settings, shown, palette, trans } = options;
  const { commands } = app;
  const described = (name: 'new-connection' | 'connection' | 'ticket' | 'proxy') => {
    return async () => ({ args: (await import('./args')).commandSchema(name) });
  };
  /** The card that a context menu was opened on. */
  const clicked = (args: Args) =>
    args['isMenu'] === true ? app.contextMenuHitTest(isCard)?.dataset : undefined;
  const idOf = (args: Args): string | null => {
    const id = args['id'] ?? clicked(args)?.['connection'];
    return typeof id === 'string' ? id : null;
  };
  /** Menus offer what can be done; the palette offers to choose. */
  const isChangeable = (args: Args) =>
    args['isMenu'] !== true || (args['origin'] ?? clicked(args)?.['origin']) === 'user';
  /** In a menu below its connection a verb needs no noun. */
  const label = (long: string, short: string) => (args: Args) =>
    args['isMenu'] === true ? short : long;
  /** Runs a verb on a connection, or lets the user choose one of those that it fits. */
  const verb =
    (
      title: string,
      fits: (connection: Connection) => boolean,
      act: (connection: Connection, args: Args) => Promise<unknown>
    ) =>
    async (args: Args): Promise<void> => {
      try {
        const [model, { pick }] = await Promise.all([connections.model(), import('./pick')]);
        const connection = await pick({ model, id: idOf(args), title, fits, trans });
        if (connection !== null) {
          await act(connection, args);
        }
      } catch (error) {
        await showFailure(error);
        throw error;
      }
    };
  const reveal = async (id: string) => {
    await commands.execute(SHOW_SIDEBAR, { section: 'connections' });
    shown.reveal(id);
  };
  const isOpen = ({ state }: Connection) => state === 'open';
  const isOfUser = ({ origin }: Connection) => origin === 'user';

  commands.addCommand(COMMANDS.create, {
    label: trans.__('New Connection…'),
    caption: trans.__('Say where work goes: a host and a batch system'),
    icon: args => (args['isToolbar'] === true ? addIcon : connectionIcon),
    describedBy: described('new-connection'),
    execute: args => {
      panels.openForm({ kind: 'new', backend: args['backend'] });
    }
  });
  commands.addCommand(COMMANDS.open, {
    label: trans.__('Open Connection…'),
    describedBy: described('connection'),
    execute: verb(
      trans.__('Open which connection?'),
      ({ state, unusable }) =>
        unusable === null && (state === 'closed' || state === 'failed' || state === 'lost'),
      async ({ profile }) => (await connections.model()).open(profile.id)
    )
  });
  commands.addCommand(COMMANDS.close, {
    label: trans.__('Close Connection…'),
    describedBy: described('connection'),
    execute: verb(
      trans.__('Close which connection?'),
      ({ state }) => state !== 'closed' && state !== 'failed',
      async ({ profile }) => (await connections.model()).close(profile.id)
    )
  });
  commands.addCommand(COMMANDS.edit, {
    label: label(trans.__('Edit Connection…'), trans.__('Edit…')),
    icon: editIcon,
    describedBy: described('connection'),
    isVisible: isChangeable,
    execute: verb(trans.__('Edit which connection?'), isOfUser, async ({ profile, origin }) => {
      if (origin !== 'user') {
        const { HepbatchError } = await import('../../contract');
        throw new HepbatchError('denied', trans.__('%1 is not yours to change.', profile.title), {
          next: trans.__('Duplicate it, and change the copy.')
        });
      }
      panels.openForm({ kind: 'edit', id: profile.id });
    })
  });
  commands.addCommand(COMMANDS.duplicate, {
    label: label(trans.__('Duplicate Connection…'), trans.__('Duplicate…')),
    icon: copyIcon,
    describedBy: described('connection'),
    execute: verb(
      trans.__('Duplicate which connection?'),
      () => true,
      ({ profile }) => {
        panels.openForm({ kind: 'duplicate', id: profile.id });
        return Promise.resolve();
      }
    )
  });
  commands.addCommand(COMMANDS.remove, {
    label: label(trans.__('Delete Connection…'), trans.__('Delete…')),
    icon: deleteIcon,
    describedBy: described('connection'),
    isVisible: isChangeable,
    execute: verb(trans.__('Delete which connection?'), isOfUser, async connection => {
      const { id, title } = connection.profile;
      const answer = await showDialog({
        title: trans.__('Delete the connection %1?', title),
        body: isOpen(connection)
          ? trans.__('It is open, and is closed first. Nothing on the host is touched.')
          : trans.__('Its profile is forgotten. Nothing on the host is touched.'),
        buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })]
      });
      if (answer.button.accept) {
        await (await connections.model()).remove(id);
      }
    })
  });
  commands.addCommand(COMMANDS.show, {
    label: trans.__('Show Connection Details…'),
    describedBy: described('connection'),
    execute: verb(
      trans.__('Show the details of which connection?'),
      ({ unusable }) => unusable === null,
      async ({ profile }) => {
        shown.set(profile.id, true);
        await reveal(profile.id);
      }
    )
  });
  commands.addCommand(COMMANDS.probe, {
    label: trans.__('Refresh Connection Details…'),
    describedBy: described('connection'),
    execute: verb(trans.__('Look again at which connection?'), isOpen, async ({ profile }) =>
      (await connections.model()).probe(profile.id)
    )
  });
  commands.addCommand(COMMANDS.ticket, {
    label: trans.__('Get Kerberos Ticket…'),
    describedBy: described('ticket'),
    execute: verb(
      trans.__('Get a Kerberos ticket through which connection?'),
      isOpen,
      async ({ profile }, args) => {
        const { principal } = await settings.read();
        const given = args['principal'];
        const model = await connections.model();
        await model.ticket(profile.id, typeof given === 'string' ? given : principal);
      }
    )
  });
  commands.addCommand(COMMANDS.proxy, {
    label: trans.__('Get VOMS Proxy…'),
    describedBy: described('proxy'),
    execute: verb(
      trans.__('Get a VOMS proxy through which connection?'),
      isOpen,
      async ({ profile }, args) => {
        const { voms, proxyHours } = await settings.read();
        const model = await connections.model();
        await model.proxy(
          profile.id,
          typeof args['voms'] === 'string' ? args['voms'] : voms,
          typeof args['hours'] === 'number' ? args['hours'] : proxyHours
        );
      }
    )
  });
  for (const command of Object.values(COMMANDS)) {
    palette?.addItem({ command, category: trans.__('hepbatch') });
  }
}

function isCard(node: HTMLElement): boolean {
  return node.dataset['connection'] !== undefined;
}

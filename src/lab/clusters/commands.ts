import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon } from '@jupyterlab/ui-components';
import type { Cluster } from '../../contract';
import type { ShownDetails } from '../connections/shown';
import { clusterIcon } from '../icons';
import { showFailure } from '../show-failure';
import { SHOW_SIDEBAR } from '../sidebar/commands';
import type { IClusters, IConnections } from '../tokens';
import { addClientCommands } from './client-commands';
import { COMMANDS } from './command-ids';
import { addKernelCommands } from './kernel-commands';
import type { ClustersModel } from './model';
import type { Notebooks } from './notebooks';
import { KINDS } from './panels';
import type { ClusterPanels } from './panels';
import type { ClusterSettings } from './settings';
import { addReportCommands } from './report-commands';
import { addVerbs } from './verb-commands';

type Args = Readonly<Record<string, unknown>>;

/** What commands on clusters are made of. */
export interface ICommandWorld {
  readonly app: JupyterFrontEnd;
  readonly clusters: IClusters;
  readonly connections: IConnections;
  readonly panels: ClusterPanels;
  readonly settings: ClusterSettings;
  readonly notebooks: Notebooks;
  readonly shown: ShownDetails;
  /** Whose folder is where files are saved. */
  readonly browser: IDefaultFileBrowser | null;
  readonly palette: ICommandPalette | null;
  /** The model where it is loaded, for what menus show. */
  readonly known: () => ClustersModel | null;
  readonly trans: TranslationBundle;
}

/** How a command that acts on a cluster is made: by its id, by its card, or chosen by the user. */
export interface IVerbs {
  /** In a menu below its cluster a verb needs no noun. */
  readonly label: (long: string, short: string) => (args: Args) => string;
  /** Menus offer what can be done; the palette offers to choose. */
  readonly isOffered: (fits: (cluster: Cluster) => boolean) => (args: Args) => boolean;
  readonly execute: (
    title: string,
    fits: (cluster: Cluster) => boolean,
    act: (cluster: Cluster, args: Args, model: ClustersModel) => Promise<unknown>
  ) => (args: Args) => Promise<void>;
  readonly described: (
    name:
      | 'new-cluster'
      | 'add-cluster'
      | 'cluster'
      | 'scale-cluster'
      | 'adapt-cluster'
      | 'client-code'
      | 'loopback'
      | 'report'
  ) => () => Promise<{ args: ReturnType<typeof import('./args').commandSchema> }>;
  readonly reveal: (id: string) => Promise<void>;
}

/** All commands of clusters; dialogs and messages belong to them. */
export function addCommands(world: ICommandWorld): void {
  const { app, panels, palette, trans } = world;
  const { commands } = app;
  const verbs = makeVerbs(world);
  commands.addCommand(COMMANDS.create, {
    label: trans.__('New Cluster…'),
    caption: trans.__('Start a Dask cluster on this machine or on a batch system'),
    icon: args => (args['isToolbar'] === true ? addIcon : clusterIcon),
    describedBy: verbs.described('new-cluster'),
    execute: ({ connection, like, memory }) => {
      const given = Object.entries({ connection, like, memory });
      panels.openForm(Object.fromEntries(given.filter(([, value]) => value !== undefined)));
    }
  });
  const titles = {
    logs: [trans.__('Show Cluster Logs…'), trans.__('Logs'), trans.__('Logs of which cluster?')],
    details: [
      trans.__('Show Workers and Jobs of a Cluster…'),
      trans.__('Workers and Jobs'),
      trans.__('Workers and jobs of which cluster?')
    ],
    losses: [
      trans.__('Show Lost Workers…'),
      trans.__('Lost Workers'),
      trans.__('Lost workers of which cluster?')
    ]
  } as const;
  const fits = {
    logs: ({ can }: Cluster) => can.includes('logs'),
    details: ({ workers, jobs }: Cluster) => workers !== null || jobs.length > 0,
    losses: ({ losses }: Cluster) => losses.count > 0
  };
  for (const kind of KINDS) {
    const [long, short, title] = titles[kind];
    commands.addCommand(COMMANDS[kind], {
      label: verbs.label(long, short),
      describedBy: verbs.described('cluster'),
      isVisible: verbs.isOffered(fits[kind]),
      execute: verbs.execute(title, fits[kind], ({ id }) => {
        panels.open(kind, id);
        return Promise.resolve();
      })
    });
  }
  addVerbs(world, verbs);
  addClientCommands(world, verbs);
  addKernelCommands(world, verbs);
  addReportCommands(world, verbs);
  for (const command of Object.values(COMMANDS)) {
    palette?.addItem({ command, category: trans.__('hepbatch') });
  }
}

function makeVerbs({ app, clusters, known, shown, trans }: ICommandWorld): IVerbs {
  /** The card that a context menu was opened on. */
  const clicked = (args: Args) =>
    args['isMenu'] === true ? app.contextMenuHitTest(isCard)?.dataset['cluster'] : undefined;
  const idOf = (args: Args): string | null => {
    const id = args['id'] ?? clicked(args);
    return typeof id === 'string' ? id : null;
  };
  return {
    label: (long, short) => args => (args['isMenu'] === true ? short : long),
    isOffered: fits => args => {
      const cluster = args['isMenu'] === true ? known()?.find(idOf(args) ?? '') : undefined;
      return args['isMenu'] !== true || (cluster !== undefined && fits(cluster));
    },
    execute: (title, fits, act) => async args => {
      try {
        const [model, { pickCluster }] = await Promise.all([clusters.model(), import('./pick')]);
        const cluster = await pickCluster({ model, id: idOf(args), title, fits, trans });
        if (cluster !== null) {
          await act(cluster, args, model);
        }
      } catch (error) {
        await showFailure(error);
        throw error;
      }
    },
    described: name => async () => ({ args: (await import('./args')).commandSchema(name) }),
    reveal: async id => {
      await app.commands.execute(SHOW_SIDEBAR, { section: 'clusters' });
      shown.reveal(id);
    }
  };
}

function isCard(node: HTMLElement): boolean {
  return node.dataset['cluster'] !== undefined;
}

import type { Cluster } from '../../contract';
import { COMMANDS } from './command-ids';
import type { ICommandWorld, IVerbs } from './commands';

/** Which cluster the kernels of new notebooks are connected to. */
export function addKernelCommands({ app, known, settings, trans }: ICommandWorld, verbs: IVerbs) {
  const { label, isOffered, execute, described } = verbs;
  const isClient = ({ can }: Cluster) => can.includes('client');
  void settings.read(); // what is toggled is known before a menu opens
  app.commands.addCommand(COMMANDS.kernels, {
    label: label(trans.__('Connect New Kernels to a Cluster…'), trans.__('Connect New Kernels')),
    caption: trans.__('Kernels of new notebooks get a client of this cluster'),
    describedBy: described('cluster'),
    isVisible: isOffered(isClient),
    isToggled: ({ id }) => {
      const cluster = known()?.find(typeof id === 'string' ? id : '');
      return cluster !== undefined && settings.kernelCluster === cluster.name;
    },
    execute: execute(trans.__('Connect new kernels to which cluster?'), isClient, ({ name }) =>
      settings.connectKernels(settings.kernelCluster === name ? null : name)
    )
  });
}

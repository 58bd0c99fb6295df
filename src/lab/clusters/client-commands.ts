import { Clipboard } from '@jupyterlab/apputils';
import type { Cluster } from '../../contract';
import { COMMANDS } from './command-ids';
import type { ICommandWorld, IVerbs } from './commands';

/** What connects a notebook: its code, and a port of this machine for clusters elsewhere. */
export function addClientCommands(world: ICommandWorld, verbs: IVerbs): void {
  const { app, settings, notebooks, trans } = world;
  const { commands } = app;
  const { label, isOffered, execute, described } = verbs;
  const isClient = ({ can }: Cluster) => can.includes('client');
  const isPlain = async (given: unknown) =>
    typeof given === 'boolean' ? given : (await settings.read()).plainCode;
  const offers = (cluster: Cluster) => cluster.can.includes('loopback');

  commands.addCommand(COMMANDS.insert, {
    label: args =>
      args['plain'] === true
        ? trans.__('Insert Plain Dask Code')
        : label(trans.__('Insert Client Code of a Cluster…'), trans.__('Insert Client Code'))(args),
    caption: trans.__('Put code into the notebook that connects it to the cluster'),
    describedBy: described('client-code'),
    isVisible: isOffered(isClient),
    execute: execute(
      trans.__('Client code of which cluster?'),
      isClient,
      async ({ id }, args, model) => {
        await notebooks.give(await model.clientCode(id, !(await isPlain(args['plain']))));
      }
    )
  });
  commands.addCommand(COMMANDS.copy, {
    label: label(trans.__('Copy Client Code of a Cluster…'), trans.__('Copy Client Code')),
    describedBy: described('client-code'),
    isVisible: isOffered(isClient),
    execute: execute(
      trans.__('Client code of which cluster?'),
      isClient,
      async ({ id }, args, model) =>
        Clipboard.copyToSystem(await model.clientCode(id, !(await isPlain(args['plain']))))
    )
  });
  commands.addCommand(COMMANDS.loopback, {
    label: label(
      trans.__('Switch the Port for Clients of a Remote Cluster…'),
      trans.__('Port for Clients on This Machine')
    ),
    caption: trans.__('A port of 127.0.0.1, only with TLS, which closes with the cluster'),
    describedBy: described('loopback'),
    isVisible: isOffered(offers),
    isToggled: args => {
      const cluster = world.known()?.find(typeof args['id'] === 'string' ? args['id'] : '');
      return (cluster?.scheduler?.loopback ?? null) !== null;
    },
    execute: execute(
      trans.__('The port of which cluster?'),
      offers,
      async (cluster, args, model) => {
        const { id, scheduler } = cluster;
        const isOpen = (scheduler?.loopback ?? null) !== null;
        const given = args['open'];
        await model.loopback(id, typeof given === 'boolean' ? given : !isOpen);
      }
    )
  });
}

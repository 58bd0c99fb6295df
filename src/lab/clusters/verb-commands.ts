import { showFailure } from '../show-failure';
import { COMMANDS } from './command-ids';
import type { ICommandWorld, IVerbs } from './commands';

/** The verbs that change a cluster, and the one that names another. */
export function addVerbs(world: ICommandWorld, verbs: IVerbs): void {
  const { app, clusters, connections, panels, trans } = world;
  const { commands } = app;
  const { label, isOffered, execute, described, reveal } = verbs;
  const can = (verb: 'scale' | 'adapt' | 'stop' | 'clean' | 'remove') => {
    return (cluster: { readonly can: readonly string[] }) => cluster.can.includes(verb);
  };

  commands.addCommand(COMMANDS.show, {
    label: trans.__('Show Cluster…'),
    describedBy: described('cluster'),
    execute: execute(
      trans.__('Show which cluster?'),
      () => true,
      ({ id }) => reveal(id)
    )
  });
  commands.addCommand(COMMANDS.scale, {
    label: label(trans.__('Scale Cluster…'), trans.__('Scale…')),
    describedBy: described('scale-cluster'),
    isVisible: isOffered(can('scale')),
    execute: execute(
      trans.__('Scale which cluster?'),
      can('scale'),
      async (cluster, args, model) => {
        const { askWorkers } = await import('./dialogs');
        const given = args['workers'];
        const workers = typeof given === 'number' ? given : await askWorkers(cluster, trans);
        return workers === null ? null : model.scale(cluster.id, workers);
      }
    )
  });
  commands.addCommand(COMMANDS.adapt, {
    label: label(trans.__('Make Cluster Adaptive…'), trans.__('Adaptive…')),
    describedBy: described('adapt-cluster'),
    isVisible: isOffered(can('adapt')),
    execute: execute(
      trans.__('Make which cluster adaptive?'),
      can('adapt'),
      async (cluster, args, model) => {
        const [{ askBounds }, { AdaptiveBounds }] = await Promise.all([
          import('./dialogs'),
          import('../../contract')
        ]);
        const { minimum, maximum, idleSeconds } = args;
        const bounds =
          maximum === undefined
            ? await askBounds(cluster, trans)
            : AdaptiveBounds.parse({ minimum, maximum, idleSeconds });
        return bounds === null ? null : model.adapt(cluster.id, bounds);
      }
    )
  });
  commands.addCommand(COMMANDS.stop, {
    label: label(trans.__('Stop Cluster…'), trans.__('Stop')),
    describedBy: described('cluster'),
    isVisible: isOffered(can('stop')),
    execute: execute(trans.__('Stop which cluster?'), can('stop'), async (cluster, _, model) => {
      const { mayStop } = await import('./dialogs');
      return (await mayStop(cluster, trans)) ? model.stop(cluster.id) : null;
    })
  });
  commands.addCommand(COMMANDS.clean, {
    label: label(trans.__('Clean Up Lost Cluster…'), trans.__('Clean Up…')),
    describedBy: described('cluster'),
    isVisible: isOffered(can('clean')),
    execute: execute(
      trans.__('Clean up which cluster?'),
      can('clean'),
      async (cluster, _, model) => {
        const { mayClean } = await import('./dialogs');
        return (await mayClean(cluster, trans)) ? model.clean(cluster.id) : null;
      }
    )
  });
  commands.addCommand(COMMANDS.remove, {
    label: label(trans.__('Remove Ended Cluster…'), trans.__('Remove')),
    caption: trans.__('Forget it, and delete its logs'),
    describedBy: described('cluster'),
    isVisible: isOffered(can('remove')),
    execute: execute(trans.__('Remove which cluster?'), can('remove'), async ({ id }, _, model) => {
      await model.remove(id);
      panels.close(id);
    })
  });
  commands.addCommand(COMMANDS.again, {
    label: label(trans.__('New Cluster Like…'), trans.__('New One Like This…')),
    describedBy: described('cluster'),
    execute: execute(
      trans.__('A new cluster like which one?'),
      () => true,
      ({ id }) => {
        panels.openForm({ like: id });
        return Promise.resolve();
      }
    )
  });
  commands.addCommand(COMMANDS.add, {
    label: trans.__('Add Cluster by Dashboard Address…'),
    caption: trans.__('Show a cluster that was started elsewhere'),
    describedBy: described('add-cluster'),
    execute: async ({ connection, address }) => {
      try {
        const [{ askAddress }, { daskProfiles }, hosts, model] = await Promise.all([
          import('./dialogs'),
          import('./dask-profile'),
          connections.model(),
          clusters.model()
        ]);
        const text = (given: unknown) => (typeof given === 'string' ? given : null);
        const given = { connection: text(connection), address: text(address) };
        const where =
          given.connection !== null && given.address !== null
            ? { connection: given.connection, address: given.address }
            : await askAddress(daskProfiles(hosts.connections), given, trans);
        if (where !== null) {
          const { id } = await model.add(where);
          await reveal(id);
        }
      } catch (error) {
        await showFailure(error);
        throw error;
      }
    }
  });
}

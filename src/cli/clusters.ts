import { HepbatchError, clusters } from '../contract';
import type { Cluster } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { awaitCluster } from './await-cluster';
import { asJson, runLogs } from './clusters-logs';
import {
  fieldsHelp,
  parseBounds,
  parseClusters,
  parseNumber,
  wrongOption
} from './clusters-options';
import type { IClustersCommand } from './clusters-options';
import { clusterText, clustersText, lossText, modeText, previewText } from './clusters-text';
import { openConnection } from './open-connection';
import { printable } from './printable';
import type { ITerminal } from './terminal';
import { openTty } from './tty';
import { runVerb } from './verb';

/** Text of `hepbatch clusters --help`. */
export const CLUSTERS_HELP = `usage: hepbatch clusters [--json]
       hepbatch clusters start CONNECTION [options]
       hepbatch clusters show|stop|clean|remove NAME [--json]
       hepbatch clusters scale NAME WORKERS
       hepbatch clusters adapt NAME MINIMUM:MAXIMUM
       hepbatch clusters logs NAME [LOG] [--follow] [--lines N] [--search TEXT]

Dask clusters, which go on without this terminal. JupyterLab, notebooks and the command line share
them: hepbatch.client("NAME") connects to one.

  start CONNECTION   starts one, and waits until its scheduler runs
  show NAME          says how it stands with it, why it does not go on, and which workers were lost
  scale, adapt       how many workers it has: a number, or what Dask thinks between two bounds
  stop NAME          stops it, and removes its batch jobs
  clean NAME         removes what is left of one whose supervisor is gone: jobs, processes, record
  remove NAME        forgets one that ended, with its logs
  logs NAME          lists its logs; with the name of one, shows its end

      --json                         the answer of the agent as JSON

options of start, all of them only where the backend has them:
      --dry-run                      shows the job script and what would be run, and starts nothing
      --no-wait                      does not wait
      --name NAME                    its name
      --kernel KERNEL                with the Python of a Jupyter kernel
      --python PYTHON                with a Python by its path
      --adapt MINIMUM:MAXIMUM        workers come and go with the work
      --no-tls                       without TLS: whoever reaches its ports can run programs as you
${fieldsHelp()}

exit status: 0 done; 1 the cluster failed, or nothing was found; 2 it could not be done; 130 ended by Ctrl-C
`;

/** States in which a name means one cluster and no other. */
const LIVE: readonly Cluster['state'][] = ['starting', 'running', 'stopping', 'lost'];

/** `hepbatch clusters`. Resolves with the exit status. */
export function runClusters(argv: readonly string[], terminal: ITerminal): Promise<number> {
  return runVerb('clusters', terminal, 2, async signal => {
    const command = parseClusters(argv);
    if (command.help) {
      terminal.stdout.write(CLUSTERS_HELP);
      return 0;
    }
    checkNames(command);
    const client = await openAgent(terminal);
    const { verb, names, json } = command;
    if (verb === 'list') {
      const answer = await client.call(clusters.list, undefined);
      terminal.stdout.write(json ? asJson(answer) : clustersText(answer.clusters));
      return 0;
    }
    if (verb === 'start') {
      return start(client, command, terminal, signal);
    }
    const cluster = await findCluster(client, names[0] ?? '');
    return verb === 'logs'
      ? runLogs(client, cluster, command, terminal, signal)
      : change(client, cluster, command, terminal, signal);
  });
}

async function start(
  client: IAgentClient,
  { names, request, dryRun, wait, json }: IClustersCommand,
  { stdout, stderr }: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const tty = openTty();
  let connection: string;
  try {
    connection = (await openConnection(client, names[0] ?? '', tty, signal)).profile.id;
  } finally {
    tty?.close();
  }
  if (dryRun) {
    const preview = await client.call(clusters.preview, { ...request, connection });
    stdout.write(json ? asJson(preview) : previewText(preview));
    return 0;
  }
  const begun = await client.call(clusters.start, { ...request, connection });
  if (!wait) {
    stdout.write(json ? asJson(begun) : `${printable(begun.name)} is ${begun.state}\n`);
    return 0;
  }
  let told = '';
  const tell = ({ name, state, why }: Cluster) => {
    const words = [`${name} is ${state}`, ...(state === 'starting' ? why : [])].join(': ');
    if (words !== told && !json && state === 'starting') {
      told = words;
      stderr.write(`${printable(words)}\n`);
    }
  };
  const isSettled = ({ state }: Cluster) => state !== 'starting' && state !== 'stopping';
  const settled = await awaitCluster(client, begun.id, isSettled, tell, signal);
  const where = settled.scheduler === null ? '' : ` at ${settled.scheduler.address}`;
  const words = `${settled.name} is ${settled.state}${where}`;
  stdout.write(json ? asJson(settled) : `${printable(words)}\n`);
  if (settled.state !== 'running' && !json) {
    stderr.write(clusterText(settled));
  }
  return settled.state === 'running' ? 0 : 1;
}

async function change(
  client: IAgentClient,
  { id, name }: Cluster,
  { verb, names, json, wait }: IClustersCommand,
  { stdout }: ITerminal,
  signal: AbortSignal
): Promise<number> {
  const [, size = ''] = names;
  const say = (cluster: Cluster, words: string) => {
    stdout.write(json ? asJson(cluster) : `${printable(words)}\n`);
    return 0;
  };
  switch (verb) {
    case 'show': {
      const cluster = await client.call(clusters.read, { id });
      const { losses } = await client.call(clusters.losses, { id });
      stdout.write(
        json
          ? asJson({ ...cluster, losses })
          : [clusterText(cluster), ...losses.map(lossText)].join('')
      );
      return 0;
    }
    case 'scale':
    case 'adapt': {
      const scaled =
        verb === 'scale'
          ? await client.call(clusters.scale, { id, workers: parseNumber('workers', size) })
          : await client.call(clusters.adapt, { id, ...parseBounds(size) });
      return say(scaled, `${name}: ${scaled.mode === null ? '' : modeText(scaled.mode)}`);
    }
    case 'stop': {
      const stopping = await client.call(clusters.stop, { id });
      const isOver = ({ state }: Cluster) => !['starting', 'running', 'stopping'].includes(state);
      const ended = wait
        ? await awaitCluster(client, id, isOver, () => undefined, signal).catch(
            ifForgotten(stopping)
          )
        : stopping;
      say(ended, `${name} is ${ended.state}`);
      return ended.state === 'stopped' || !wait ? 0 : 1;
    }
    case 'clean':
      await client.call(clusters.clean, { id });
      return say(await client.call(clusters.read, { id }), `${name}: nothing is left of it`);
    default:
      await client.call(clusters.remove, { id });
      stdout.write(json ? asJson({}) : `${printable(name)} is forgotten\n`);
      return 0;
  }
}

/** One of another supervisor is no longer known once it has stopped. */
function ifForgotten(last: Cluster): (error: unknown) => Cluster {
  return error => {
    if (error instanceof HepbatchError && error.code === 'not-found') {
      return { ...last, state: 'stopped' };
    }
    throw error;
  };
}

/** The cluster of that id, or of that name: one that lives, else the last that ended. */
async function findCluster(client: IAgentClient, name: string): Promise<Cluster> {
  const { clusters: all } = await client.call(clusters.list, undefined);
  const named = all.filter(cluster => cluster.name === name);
  const found =
    all.find(({ id }) => id === name) ??
    named.find(({ state }) => LIVE.includes(state)) ??
    named[0];
  if (found === undefined) {
    const names = all.map(cluster => cluster.name).join(', ') || 'none';
    throw new HepbatchError('not-found', `there is no cluster ${name}`, {
      next: `There are: ${names}.`
    });
  }
  return found;
}

const NAMES: Readonly<Record<string, readonly [least: number, most: number, what: string]>> = {
  list: [0, 0, 'list takes no name'],
  start: [1, 1, 'start takes the name of one connection'],
  show: [1, 1, 'show takes the name of one cluster'],
  stop: [1, 1, 'stop takes the name of one cluster'],
  clean: [1, 1, 'clean takes the name of one cluster'],
  remove: [1, 1, 'remove takes the name of one cluster'],
  scale: [2, 2, 'scale takes the name of a cluster and a number of workers'],
  adapt: [2, 2, 'adapt takes the name of a cluster and bounds such as 0:20'],
  logs: [1, 2, 'logs takes the name of a cluster, and of one of its logs']
};

function checkNames({ verb, names }: IClustersCommand): void {
  const rule = NAMES[verb];
  if (rule === undefined) {
    throw wrongOption(`${JSON.stringify(verb)} is none of ${Object.keys(NAMES).join(', ')}`);
  }
  const [least, most, what] = rule;
  if (names.length < least || names.length > most) {
    throw wrongOption(what);
  }
}

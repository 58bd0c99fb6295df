import type { Cluster, ClusterLog, ClusterMode, ClusterPreview, WorkerLoss } from '../contract';
import { printable } from './printable';

/** The table of clusters, with a line below each that has more to say. */
export function clustersText(all: readonly Cluster[]): string {
  if (all.length === 0) {
    return 'There is no cluster. `hepbatch clusters start CONNECTION` starts one.\n';
  }
  const rows = all.map(({ name, connection, state, mode, summary }) => [
    name,
    connection,
    state,
    mode === null || state === 'stopped' || state === 'failed' ? '' : modeText(mode),
    summary === state ? '' : summary
  ]);
  const head = ['name', 'connection', 'state', 'size', 'summary'];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map(row => printable(row[i] ?? '').length))
  );
  const line = (row: readonly string[]) =>
    row
      .map((word, i) => printable(word).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const lines = rows.flatMap((row, i) => [
    line(row),
    ...notes(all[i]).map(note => `    ${printable(note)}`)
  ]);
  return [line(head), ...lines, ''].join('\n');
}

/** Everything that a card has of one cluster. */
export function clusterText(cluster: Cluster): string {
  const { name, state, connection, host, scheduler, mode, workers, interpreter, folder } = cluster;
  const lines: [string, string][] = [
    ['name', name],
    ['id', cluster.id],
    ['state', state],
    ['connection', `${connection} (${host})`],
    ['scheduler', scheduler?.address ?? ''],
    ['size', mode === null ? '' : modeText(mode)],
    ['workers', workers === null ? '' : `${workers.joined} of ${workers.wanted}`],
    ['python', interpreter?.path ?? ''],
    ['folder', folder ?? ''],
    ['stops', cluster.stopsAt ?? '']
  ];
  const told = lines
    .filter(([, text]) => text !== '')
    .map(([title, text]) => `${title.padEnd(11)} ${printable(text)}`);
  return [...told, ...notes(cluster).map(printable), ''].join('\n');
}

/** A size in words. */
export function modeText(mode: ClusterMode): string {
  return mode.kind === 'fixed'
    ? `${mode.workers} worker${mode.workers === 1 ? '' : 's'}`
    : `${mode.minimum} to ${mode.maximum} workers`;
}

/** What would be run. */
export function previewText(preview: ClusterPreview): string {
  const { name, interpreter, folder, scheduler, submit, script, warnings } = preview;
  const versions = ['python', 'dask', 'distributed', 'dask-jobqueue', 'dask-lxplus']
    .filter(of => (interpreter.versions[of] ?? null) !== null)
    .map(of => `${of} ${interpreter.versions[of] ?? ''}`);
  const lines = [
    `name       ${name}`,
    `python     ${interpreter.path} (${versions.join(', ')})`,
    `scheduler  ${scheduler}`,
    `folder     ${folder}`
  ].map(printable);
  const job =
    script === null
      ? ['workers    processes of that host; no jobs']
      : [
          printable(`submitted  ${submit.join(' ')}`),
          '',
          ...script.trimEnd().split('\n').map(printable)
        ];
  return [...lines, ...warnings.map(one => printable(`warning    ${one}`)), ...job, ''].join('\n');
}

/** The table of logs. */
export function logsText(logs: readonly ClusterLog[]): string {
  const rows = logs.map(({ id, bytes, kind, worker, job }) => {
    const whose =
      kind === 'scheduler'
        ? 'scheduler'
        : `worker ${worker ?? '?'}${job === null ? '' : `, job ${job}`}`;
    return `${(bytes === null ? 'on its node' : String(bytes)).padStart(11)}  ${id}  ${whose}`;
  });
  return rows.map(row => `${printable(row)}\n`).join('');
}

/** The report of a lost worker. */
export function lossText(loss: WorkerLoss): string {
  const [task] = loss.tasks;
  const deaths =
    task === undefined || task.deaths < 2 ? '' : `, with which ${task.deaths} workers died`;
  const lines = [
    `worker ${loss.worker} was lost at ${loss.at}: ${loss.cause}`,
    task === undefined ? 'it ran no task' : `it ran ${task.key}${deaths}`,
    ...loss.evidence,
    ...loss.advice.map(one =>
      one.kind === 'raise-memory'
        ? `Ask for more memory: --memory ${one.memory}`
        : 'Run that one file iteratively: the real error shows up.'
    ),
    ...loss.lastLines.map(line => `  | ${line}`)
  ];
  return lines.map(line => `${printable(line)}\n`).join('');
}

function notes(cluster: Cluster | undefined): string[] {
  if (cluster === undefined) {
    return [];
  }
  const { failure, why, warnings, losses, scheduler } = cluster;
  const port = scheduler?.loopback ?? null;
  const { count, newest } = losses;
  return [
    ...(failure === null ? [] : [failure.message, failure.data.next]),
    ...why.filter(sentence => sentence !== failure?.message && sentence !== failure?.data.next),
    ...warnings,
    ...(port === null ? [] : [`client port open on this machine: ${port}`]),
    ...(newest === null ? [] : [`${count} lost: ${newest.worker}, ${newest.cause}`])
  ];
}

/** Which clusters the jobs of a folder are, by the files that they wrote and by the queue. */
import type { IHost } from '../../../connections/hosts/host';
import type { IPlannedCluster } from '../../plan';
import type { IClusterId, IScheduler } from '../../schedulers/scheduler';
import { readParts } from '../../watch/file-parts';

/** The first event names cluster and machine, and is shorter. */
const HEAD_BYTES = 400;

/** What is known of a folder of jobs. */
export interface IJobsFolder {
  readonly jobsFolder: string;
  /** Of its files. */
  readonly names: ReadonlySet<string>;
  readonly clusters: readonly IPlannedCluster[];
}

/** All that are known of each cluster, by its name; none where nothing tells of it. */
export async function clustersIn(
  host: IHost,
  scheduler: IScheduler,
  { jobsFolder, names, clusters }: IJobsFolder,
  signal: AbortSignal
): Promise<ReadonlyMap<string, readonly IClusterId[]>> {
  const found = new Map<string, Map<string, IClusterId>>();
  const note = (name: string, cluster: IClusterId) => {
    const known = found.get(name) ?? new Map<string, IClusterId>();
    known.set(cluster.id, cluster);
    found.set(name, known);
  };
  const queued = await scheduler.findIn(jobsFolder, signal);
  const { schedd } = await scheduler.probe(signal);
  const heads = new Map<string, string>();
  for (const { name, log, output } of clusters) {
    const pattern = fileName(scheduler.kind === 'htcondor' ? (log ?? '') : output);
    for (const file of filesOf(pattern, names)) {
      if (scheduler.kind === 'htcondor') {
        heads.set(`${jobsFolder}/${file}`, name);
      } else {
        const id = idIn(pattern, file);
        note(name, { schedd: null, id });
      }
    }
  }
  const texts = await readParts(host, 'head', [...heads.keys()], HEAD_BYTES, signal);
  for (const [path, text] of texts) {
    const [, id, from] =
      /^\d{3} \((\d+)\.[^\n]*?(?:alias=([A-Za-z0-9.-]+))?[^\n]*$/m.exec(text) ?? [];
    if (id !== undefined) {
      note(heads.get(path) ?? '', { schedd: scheddOf(from, schedd), id: String(Number(id)) });
    }
  }
  for (const { file, cluster } of queued) {
    const one = clusters.find(
      ({ log, wrapper }) => wrapper === file || (log !== null && isLog(log, file))
    );
    if (one !== undefined) {
      note(one.name, { ...cluster, schedd }); // it answered by default, whatever the log says
    }
  }
  return new Map([...found].map(([name, known]) => [name, [...known.values()]]));
}

/**
 * A log names the machine that it was submitted from. Where that is not the one of the schedd that answers
 * by default, a cluster of the same number there would be somebody else's.
 */
function scheddOf(from: string | undefined, byDefault: string | null): string | null {
  const machine = byDefault?.slice(byDefault.lastIndexOf('@') + 1);
  return from === undefined || from === machine ? byDefault : from;
}

const SIGNS = /\$\(Cluster(?:Id)?\)|\$\(Proc(?:ess|Id)?\)|%[Aaj]/gi;

/** Files whose name the pattern makes with any numbers. */
function filesOf(pattern: string, names: ReadonlySet<string>): readonly string[] {
  const like = patternOf(pattern);
  return [...names].filter(name => like.test(name));
}

function idIn(pattern: string, file: string): string {
  return patternOf(pattern).exec(file)?.[1] ?? '';
}

function isLog(log: string, file: string): boolean {
  return patternOf(fileName(log)).test(fileName(file));
}

/** The first number that a pattern leaves open is that of the cluster. */
function patternOf(pattern: string): RegExp {
  const plain = pattern.split(SIGNS).map(text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${plain.join('(\\d+)')}$`);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

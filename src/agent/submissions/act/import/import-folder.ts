/** Takes up a folder that the submitter of the framework made, so that its jobs can be watched. */
import * as z from 'zod';
import { HepbatchError } from '../../../../contract';
import type { IHost } from '../../../connections/hosts/host';
import type { ISentCluster } from '../../journal/state';
import type { IPlan, IPlannedCluster, IPlannedJob } from '../../plan';
import type { IClusterId, IScheduler } from '../../schedulers/scheduler';
import { readParts } from '../../watch/file-parts';
import { clustersIn } from './clusters-in';
import { isOurs, parseSlurmScript, parseSubmitFile, upstreamFolder } from './upstream';
import type { IUpstreamCluster } from './upstream';

/** A folder that was taken up. Nothing of it is ever sent: it has no record that fences its jobs. */
export interface IImported {
  readonly plan: IPlan;
  readonly sent: readonly ISentCluster[];
  /** Where its outputs go, where that is absolute and the same for all. */
  readonly output: string | null;
  readonly stamp: string;
  /** What is not as it should be, such as jobs that nobody knows of. */
  readonly warnings: readonly string[];
}

/** Scripts of a sample with thousands of files hold a line of command for each. */
const SCRIPT_BYTES = 8 * 1024 * 1024;
const INPUT_BYTES = 256 * 1024;

const Samples = z.record(z.string(), z.array(z.string()));

/**
 * Reads a folder and looks for the clusters of its jobs. Throws `bad-request` where it is none of theirs,
 * `not-found`, `unsupported` where the connection has another batch system, `unreachable`.
 */
export async function importFolder(
  host: IHost,
  scheduler: IScheduler,
  { folder, token }: { readonly folder: string; readonly token: string },
  signal: AbortSignal
): Promise<IImported> {
  const path = folder.replace(/\/+$/, '');
  const kind = upstreamFolder(path);
  if (kind === null) {
    throw noFolder(`${path} is not called like a folder of HiggsDNA or DarkBottomLine`);
  }
  if (kind.scheduler !== scheduler.kind) {
    const message = `${path} is of ${kind.scheduler}, and the connection has ${scheduler.kind}`;
    throw new HepbatchError('unsupported', message, { next: `Choose one with ${kind.scheduler}.` });
  }
  const jobsFolder = `${path}/jobs`;
  const names = await namesIn(host, jobsFolder, signal);
  const found = await readClusters(host, jobsFolder, names, kind.scheduler, signal);
  if (found.length === 0) {
    throw noFolder(`${jobsFolder} has no submit files`);
  }
  const inputs = await readInputs(host, `${path}/inputs`, found, signal);
  const clusters = found.map(one => plannedOf(one, path, inputs, kind.scheduler));
  const known = await clustersIn(host, scheduler, { jobsFolder, names, clusters }, signal);
  const sent = clusters.map(one => sentOf(one, known.get(one.name) ?? []));
  const dumps = new Set(found.map(({ dump }) => dump));
  const lost = sent.filter(({ cluster }) => cluster === null).map(({ name }) => name);
  return {
    plan: planOf(token, path, clusters, kind),
    sent,
    output: dumps.size === 1 ? ([...dumps][0] ?? null) : null,
    stamp: kind.stamp,
    warnings: [
      ...(lost.length === 0
        ? []
        : [
            `No log and no job in the queue tells of ${lost.length} of its clusters: ${some(lost)}`
          ]),
      ...sent.flatMap(({ name, surplus }) =>
        surplus.length === 0 ? [] : [`${name} was submitted ${surplus.length + 1} times`]
      )
    ]
  };
}

async function namesIn(
  host: IHost,
  folder: string,
  signal: AbortSignal
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const part of host.list(folder, signal)) {
    part.filter(({ kind }) => kind === 'file').forEach(({ name }) => names.add(name));
  }
  return names;
}

async function readClusters(
  host: IHost,
  jobsFolder: string,
  names: ReadonlySet<string>,
  scheduler: 'htcondor' | 'slurm',
  signal: AbortSignal
): Promise<readonly IUpstreamCluster[]> {
  const wanted = [...names].filter(name => /^AN-.*\.(?:sub|sh)$/s.test(name)).sort();
  const paths = wanted.map(name => `${jobsFolder}/${name}`);
  const texts = await readParts(host, 'head', paths, SCRIPT_BYTES, signal);
  if ([...texts.values()].some(isOurs)) {
    throw new HepbatchError('conflict', `${jobsFolder} was written by hepbatch`, {
      next: 'It is in the list of submissions where it was made; it need not be imported.'
    });
  }
  const text = (name: string) => texts.get(`${jobsFolder}/${name}`) ?? null;
  return wanted.flatMap(name => {
    const stem = name.replace(/\.(?:sub|sh)$/, '');
    const isSub = name.endsWith('.sub');
    const parsed =
      scheduler === 'htcondor'
        ? isSub && parseSubmitFile(stem, text(name) ?? '', text(`${stem}.sh`))
        : !isSub && parseSlurmScript(stem, text(name) ?? '');
    return parsed === false || parsed === null ? [] : [parsed];
  });
}

/** What each samples JSON holds, by file name; one that cannot be read is left out. */
async function readInputs(
  host: IHost,
  folder: string,
  clusters: readonly IUpstreamCluster[],
  signal: AbortSignal
): Promise<ReadonlyMap<string, z.infer<typeof Samples>>> {
  const paths = clusters.flatMap(({ runners }) =>
    runners.map(name => `${folder}/${ofRunner(name)}`)
  );
  const texts = await readParts(host, 'head', [...new Set(paths)], INPUT_BYTES, signal);
  const inputs = new Map<string, z.infer<typeof Samples>>();
  for (const [path, text] of texts) {
    const samples = Samples.safeParse(asJson(text));
    if (samples.success) {
      inputs.set(path.slice(folder.length + 1), samples.data);
    }
  }
  return inputs;
}

/** `AN-GJet-nano_1.json` names `GJet-nano_1.json` as its samples. */
function ofRunner(runner: string): string {
  return runner.replace(/^AN-/, '');
}

function plannedOf(
  { name, runners, log, output, error, script }: IUpstreamCluster,
  folder: string,
  inputs: ReadonlyMap<string, z.infer<typeof Samples>>,
  scheduler: 'htcondor' | 'slurm'
): IPlannedCluster {
  const jobsFolder = `${folder}/jobs`;
  const isSlurm = scheduler === 'slurm';
  const jobs = runners.map((runner, proc): IPlannedJob => {
    const samples = Object.entries(inputs.get(ofRunner(runner)) ?? {});
    return {
      ...{ proc, number: proc, dataset: samples[0]?.[0] ?? name.replace(/^AN-/, '') },
      files: samples.flatMap(([, files]) => files),
      samplesJson: `${folder}/inputs/${ofRunner(runner)}`,
      runnerJson: `${folder}/inputs/${runner}`
    };
  });
  // Paths as they stand may be another name of the same place, such as /eos/home-m/me.
  const here = (path: string) => `${jobsFolder}/${path.slice(path.lastIndexOf('/') + 1)}`;
  const submitFile = `${jobsFolder}/${name}.${isSlurm ? 'sh' : 'sub'}`;
  return {
    ...{ name, dataset: jobs[0]?.dataset ?? name, submitFile, jobs, record: '' },
    wrapper: script === null ? submitFile : `${jobsFolder}/${script}`,
    argv: [isSlurm ? 'sbatch' : 'condor_submit', submitFile],
    log: log === null ? null : here(log),
    output: here(output),
    error: here(error)
  };
}

/** The newest counts; those before it are told of as surplus. */
function sentOf(
  { name, jobs, record }: IPlannedCluster,
  found: readonly IClusterId[]
): ISentCluster {
  const [cluster = null, ...surplus] = [...found].sort((a, b) => Number(b.id) - Number(a.id));
  const words = cluster === null ? 'neither its log nor the queue tells of it' : null;
  return {
    ...{ name, jobs: jobs.length, record, cluster, surplus, words },
    ...{ state: cluster === null ? 'unknown' : 'submitted', warnings: [] },
    ...{ attempts: 1, triedAt: null, missed: [], isFenced: false }
  };
}

function planOf(
  token: string,
  folder: string,
  clusters: readonly IPlannedCluster[],
  { analysis, scheduler }: { readonly analysis: string; readonly scheduler: 'htcondor' | 'slurm' }
): IPlan {
  const jobs = clusters.flatMap(one => one.jobs);
  return {
    ...{ token, scheduler, analysis, folder, clusters },
    ...{ folders: [], files: [], problems: [], jobsFolder: `${folder}/jobs` },
    spool: scheduler === 'htcondor' && folder.startsWith('/eos/'),
    counts: {
      datasets: new Set(jobs.map(({ dataset }) => dataset)).size,
      files: jobs.reduce((sum, { files }) => sum + files.length, 0),
      jobs: jobs.length,
      clusters: clusters.length
    }
  };
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ' ...' : '');
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // no samples JSON; its job is watched all the same
  }
}

function noFolder(message: string): HepbatchError {
  return new HepbatchError('bad-request', message, {
    next: 'Choose a folder such as .higgs_dna_vanilla_lxplus/myanalysis_20250522_175343.'
  });
}

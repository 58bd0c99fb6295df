import { dirname } from 'node:path/posix';
import type { SubmissionOptions, SubmissionRequest } from '../../../contract';
import type { IPlannedCluster, IPlannedFile, SubmissionScheduler } from '../plan';
import { jobArguments } from './arguments';
import type { IGroup } from './clusters';
import type { IFacts } from './facts';
import { CONDOR_IDENTITY, submitFileText } from './htcondor';
import { LOCAL_IDENTITY } from './local';
import type { VanillaBackend } from './options';
import { parseMb, parseWalltime } from './sizes';
import { ARRAY_IDENTITY, JOB_IDENTITY, slurmHead } from './slurm';
import { wrapperText } from './wrapper';
import type { IIdentity, IJobEnvironment } from './wrapper';

/** What is the same for all clusters of a submission. */
export interface ISetting {
  readonly backend: VanillaBackend;
  readonly scheduler: SubmissionScheduler;
  readonly options: SubmissionOptions;
  readonly request: SubmissionRequest;
  readonly facts: IFacts;
  readonly token: string;
  readonly analysis: string;
  readonly spool: boolean;
  readonly memoryMb: number | null;
  readonly inputsFolder: string;
  readonly jobsFolder: string;
  readonly proxy: string | null;
}

/** What a cluster adds to the folder of jobs, and how it is submitted. */
export interface IClusterFiles {
  readonly files: readonly IPlannedFile[];
  readonly cluster: IPlannedCluster;
}

/** The scripts and the submit file of one cluster, in the words of its scheduler. */
export function clusterFiles(group: IGroup, setting: ISetting): IClusterFiles {
  switch (setting.scheduler) {
    case 'htcondor':
      return condorFiles(group, setting);
    case 'slurm':
      return slurmFiles(group, setting);
    default:
      return localFiles(group, setting);
  }
}

function condorFiles(group: IGroup, setting: ISetting): IClusterFiles {
  const { name, sample, jobs } = group;
  const { options, jobsFolder, spool, backend, analysis, token, proxy, memoryMb } = setting;
  const isCern = backend === 'vanilla-lxplus';
  const isOne = !setting.request.clusterPerSample;
  const seconds = options.walltime === undefined ? null : parseWalltime(options.walltime);
  const submitFile = `${jobsFolder}/${name}.sub`;
  const script = {
    path: `${jobsFolder}/${group.script}.sh`,
    text: jobsText(group, setting, {
      header: [],
      identity: CONDOR_IDENTITY,
      // The script of clusters of one job is told the number of the job in its dataset.
      ...(isOne && { first: 0, count: Math.ceil(sample.files.length / options.filesPerJob) }),
      perJob: isOne
    }),
    isProgram: true
  };
  const text = submitFileText({
    ...{ token, analysis, name, jobsFolder, memoryMb, proxy, spool },
    dataset: sample.dataset,
    safe: group.safe,
    wrapper: `${group.script}.sh`,
    only: isOne ? (jobs[0]?.number ?? 0) : null,
    jobs: jobs.length,
    flavour: isCern ? (options.queue ?? null) : null,
    maxRuntimeSeconds: isCern ? seconds : null,
    allowedSeconds: isCern ? null : seconds,
    diskMb: options.disk === undefined ? null : parseMb(options.disk, 'disk'),
    cores: options.cores ?? null,
    image:
      options.image === undefined
        ? null
        : { line: isCern ? 'MY.SingularityImage' : 'container_image', of: options.image },
    retries: options.retries,
    maxIdle: options.maxIdle ?? null,
    maxMaterialize: options.maxMaterialize ?? null,
    directives: options.directives
  });
  const out = `${jobsFolder}/${name}.$(ClusterId)${isOne ? '' : '.$(ProcId)'}`;
  return {
    files: [{ path: submitFile, text, isProgram: false }, script],
    cluster: {
      ...common(group, setting),
      submitFile,
      wrapper: script.path,
      // By its name: a path with = would be read as an assignment.
      argv: ['condor_submit', ...(spool ? ['-spool'] : []), '-terse', `${name}.sub`],
      log: `${jobsFolder}/${name}.$(ClusterId).log`,
      output: `${out}.out`,
      error: `${out}.err`
    }
  };
}

function slurmFiles(group: IGroup, setting: ISetting): IClusterFiles {
  const { name, jobs } = group;
  const { options, jobsFolder, token, memoryMb } = setting;
  const isArray = setting.request.clusterPerSample;
  const header = slurmHead({
    ...{ token, name, jobsFolder, isArray, memoryMb },
    jobs: jobs.length,
    partition: options.queue ?? null,
    account: options.account ?? null,
    walltime: options.walltime ?? null,
    cores: options.cores ?? null,
    directives: options.directives
  });
  const identity = isArray ? ARRAY_IDENTITY : JOB_IDENTITY;
  const path = `${jobsFolder}/${name}.sh`;
  const out = `${jobsFolder}/${name}_${isArray ? '%A_%a' : '%j'}`;
  return {
    files: [{ path, text: jobsText(group, setting, { header, identity }), isProgram: true }],
    cluster: {
      ...common(group, setting),
      submitFile: path,
      wrapper: path,
      argv: ['sbatch', '--parsable', path],
      log: null,
      output: `${out}.out`,
      error: `${out}.err`
    }
  };
}

function localFiles(group: IGroup, setting: ISetting): IClusterFiles {
  const { name } = group;
  const { jobsFolder } = setting;
  const path = `${jobsFolder}/${name}.sh`;
  const text = jobsText(group, setting, { header: [], identity: LOCAL_IDENTITY });
  return {
    files: [{ path, text, isProgram: true }],
    cluster: {
      ...common(group, setting),
      submitFile: path,
      wrapper: path,
      argv: [path],
      log: null,
      output: `${jobsFolder}/${name}.%a.out`,
      error: `${jobsFolder}/${name}.%a.err`
    }
  };
}

function common({ name, sample, jobs }: IGroup, { jobsFolder }: ISetting) {
  return { name, dataset: sample.dataset, jobs, record: `${jobsFolder}/${name}.cluster` };
}

/** What differs between the schedulers in a script of jobs. */
interface IScript {
  readonly header: readonly string[];
  readonly identity: IIdentity;
  readonly first?: number;
  readonly count?: number;
  readonly perJob?: boolean;
}

/** What surrounds the program of each job. */
export function jobEnvironment({
  options,
  facts,
  proxy,
  scheduler
}: Pick<ISetting, 'options' | 'proxy' | 'scheduler'> & {
  readonly facts: Pick<IFacts, 'home' | 'python' | 'certDir'>;
}): IJobEnvironment {
  // HTCondor brings the proxy to the node, and says where it is.
  const exportsProxy = proxy !== null && scheduler !== 'htcondor';
  const fromPython = Object.entries(facts.python.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const]
  );
  return {
    home: facts.home,
    environment: {
      ...(facts.certDir !== null && { X509_CERT_DIR: facts.certDir }),
      ...(exportsProxy && { X509_USER_PROXY: proxy }),
      ...Object.fromEntries(fromPython),
      ...options.environment
    },
    pythonPath: options.pythonPath,
    setup: options.setup
  };
}

function jobsText(group: IGroup, setting: ISetting, script: IScript): string {
  const { request, options, facts } = setting;
  return wrapperText({
    ...jobEnvironment(setting),
    header: script.header,
    dataset: group.sample.dataset,
    inputsFolder: setting.inputsFolder,
    name: group.safe,
    first: script.first ?? group.jobs[0]?.number ?? 0,
    count: script.count ?? group.jobs.length,
    identity: script.identity,
    record: `${setting.jobsFolder}/${script.perJob === true ? group.script : group.name}`,
    perJob: script.perJob ?? false,
    program: request.program ?? defaultProgram(facts.python.argv),
    arguments: jobArguments(request.arguments, options.output)
  });
}

/** `run_analysis.py` lies beside the Python of its environment. */
export function defaultProgram(python: readonly string[]): string[] {
  const [path = 'python3'] = python;
  const beside = path.startsWith('/') ? `${dirname(path)}/run_analysis.py` : 'run_analysis.py';
  return path.startsWith('/') ? [...python, beside] : [beside];
}

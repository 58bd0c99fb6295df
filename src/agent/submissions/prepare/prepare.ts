import { FLAVOURS, FRAMEWORK_FOLDERS } from '../../../contract';
import type { ConnectionProfile, SubmissionOptions, SubmissionRequest } from '../../../contract';
import type { IPlan, IPlannedCluster, IPlannedFile } from '../plan';
import { argumentProblems } from './arguments';
import { checkPlan } from './checks';
import { groupJobs } from './clusters';
import type { IGroup } from './clusters';
import { credentialProblems, proxyPath } from './credentials';
import { environmentProblems } from './environment';
import type { IFacts } from './facts';
import { folderProblems } from './folder-limits';
import { analysisName, folderName, safeNames } from './names';
import { SCHEDULER, completeOptions, vanillaBackend } from './options';
import { parseRunner, runnerProblems, runnerTexts } from './runner';
import { parseSamples, selectSamples } from './samples';
import { clusterFiles } from './scheduler-files';
import type { ISetting } from './scheduler-files';
import { parseMb, parseWalltime } from './sizes';

/** Jobs of one call of condor_submit: of a pool by default, and where the schedd spools. */
const CONDOR_MOST = 20_000;
const SPOOL_MOST = 100;

/** MaxArraySize where Slurm does not tell it. */
const SLURM_MOST = 1001;

/** A JSON file as it was read. */
export interface IReadJson {
  /** Its path or its name, for messages and for the name of the analysis. */
  readonly name: string;
  readonly json: unknown;
}

/** All that a plan is made of; whoever makes it has asked the host. */
export interface IPreparation {
  readonly request: SubmissionRequest;
  readonly profile: ConnectionProfile;
  readonly runner: IReadJson;
  readonly samples: IReadJson;
  readonly facts: IFacts;
  readonly token: string;
  /** The samples are a part of an earlier submission's: the runner JSON has more, and that is as wanted. */
  readonly isPart?: boolean;
  /** `YYYYmmdd_HHMMSS`. */
  readonly stamp: string;
}

/**
 * Every file and every command of a submission. The same preparation gives the same plan; nothing is
 * written or asked. Throws `bad-request` where the files have another shape or an option cannot hold,
 * `unsupported`, `denied`; all else that is wrong is among the problems of the plan.
 */
export function prepare(preparation: IPreparation): IPlan {
  const { request, profile, facts, token, stamp } = preparation;
  const backend = vanillaBackend(profile);
  const scheduler = SCHEDULER[backend];
  const options = completeOptions(request.options, profile);
  const { runner, asItIs } = parseRunner(preparation.runner.json, preparation.runner.name);
  const all = parseSamples(preparation.samples.json, preparation.samples.name);
  const years = runner.year === undefined ? null : Object.keys(runner.year);
  const selected = selectSamples(all, years, {
    limit: options.limit ?? null,
    only: options.only,
    isPart: preparation.isPart ?? false
  });
  const analysis = analysisName(preparation.runner.name);

  const base = frameworkFolder(request, profile, facts);
  const folder = `${base}/${folderName(analysis, stamp, new Set(facts.taken))}`;
  const inputsFolder = `${folder}/inputs`;
  const jobsFolder = `${folder}/jobs`;
  const spool = scheduler === 'htcondor' && folder.startsWith('/eos/');
  const memoryMb = options.memory === undefined ? null : parseMb(options.memory, 'memory');
  const most =
    scheduler === 'slurm'
      ? (facts.slurm?.maxArraySize ?? SLURM_MOST)
      : spool
        ? SPOOL_MOST
        : CONDOR_MOST;
  const names = safeNames(selected.samples.map(({ dataset }) => dataset));
  const groups = selected.samples.flatMap(sample =>
    groupJobs(sample, names.get(sample.dataset) ?? sample.dataset, {
      filesPerJob: options.filesPerJob,
      clusterPerSample: request.clusterPerSample,
      most,
      inputsFolder
    })
  );

  const setting: ISetting = {
    ...{ backend, scheduler, options, request, facts, token, analysis, spool, memoryMb },
    ...{ inputsFolder, jobsFolder },
    proxy: proxyPath(options.proxy, facts)
  };
  const made = groups.map(group => clusterFiles(group, setting));
  // Scripts of clusters of one job are the same for all jobs of a sample.
  const scripts = new Map(made.flatMap(({ files }) => files).map(file => [file.path, file]));
  const runnerText = runnerTexts(asItIs);
  const inputs = groups.flatMap(group => inputFiles(group, runnerText));
  const files = [...scripts.values(), ...inputs];
  const clusters = made.map(({ cluster }) => cluster);
  const inputNames = selected.samples.flatMap(sample => sample.files);
  const planned = new Set(inputNames);
  const jobs = clusters.reduce((sum, cluster) => sum + cluster.jobs.length, 0);
  const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const { output } = options;
  const needs = { backend, folder, files: inputNames, output, proxy: options.proxy };
  return {
    ...{ token, scheduler, analysis, folder, jobsFolder, files, clusters, spool },
    folders: [base, folder, inputsFolder, jobsFolder],
    problems: [
      ...selected.problems,
      ...runnerProblems(runner, request.program !== null),
      ...argumentProblems(request.arguments, output),
      ...checkPlan(
        {
          ...{ backend, folder, options, memoryMb, jobs, bytes, spool },
          files: inputNames,
          limits: profile.limits
        },
        { ...facts, missing: facts.missing?.filter(file => planned.has(file)) ?? null }
      ),
      ...(facts.environment === null ? [] : environmentProblems(facts.environment)),
      ...credentialProblems({ ...needs, jobSeconds: jobSeconds(options) }, facts),
      ...folderProblems(folder, { inputs: namesIn(inputs), jobs: jobNames(clusters, files) })
    ],
    counts: {
      datasets: selected.samples.length,
      files: inputNames.length,
      jobs,
      clusters: clusters.length
    }
  };
}

/** Where the folders of submissions lie; EOS is named as its servers name it. */
export function frameworkFolder(
  request: Pick<SubmissionRequest, 'folder' | 'framework'>,
  profile: ConnectionProfile,
  { home }: Pick<IFacts, 'home'>
): string {
  const suffix = { htcondor: 'lxplus', slurm: 'slurm', local: 'local' } as const;
  const chosen = request.folder ?? profile.defaults.workFolder ?? home;
  const absolute = chosen.replace(/^~(?=\/|$)/, home).replace(/\/+$/, '');
  const parent = absolute.replace(/^\/eos\/home-(\w)[^/]*(?=\/)/, '/eos/user/$1');
  const scheduler = SCHEDULER[vanillaBackend(profile)];
  return `${parent}/${FRAMEWORK_FOLDERS[request.framework]}_${suffix[scheduler]}`;
}

/**
 * What jobs read: their files, and a runner JSON that names them. A text is made when it is asked for:
 * ten thousand copies of a runner JSON are some hundred megabytes.
 */
function inputFiles({ jobs }: IGroup, runnerText: (samplesJson: string) => string): IPlannedFile[] {
  return jobs.flatMap(({ dataset, files, samplesJson, runnerJson }) => [
    {
      path: samplesJson,
      get text() {
        // Not an object literal: a dataset may be called __proto__.
        return `${JSON.stringify(Object.fromEntries([[dataset, files]]), null, 4)}\n`;
      },
      isProgram: false
    },
    {
      path: runnerJson,
      get text() {
        return runnerText(samplesJson);
      },
      isProgram: false
    }
  ]);
}

function jobSeconds({ queue, walltime }: SubmissionOptions): number | null {
  if (walltime !== undefined) {
    return parseWalltime(walltime);
  }
  const flavour = Object.entries(FLAVOURS).find(([name]) => name === queue);
  return flavour?.[1] ?? null;
}

function namesIn(files: readonly IPlannedFile[]): string[] {
  return files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}

/** Also those that the jobs will make; ids of clusters are taken as of eight digits. */
function jobNames(clusters: readonly IPlannedCluster[], files: readonly IPlannedFile[]): string[] {
  const scripts = files.filter(({ path }) => path.includes('/jobs/AN-'));
  const later = clusters.flatMap(({ name, jobs }) => [
    `${name}.cluster`,
    `${name}.00000000.log`,
    ...jobs.flatMap(({ proc }) => [`${name}.00000000.${proc}.out`, `${name}.00000000.${proc}.err`])
  ]);
  return [...namesIn(scripts), ...later];
}

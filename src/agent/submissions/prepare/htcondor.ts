import { ATTRIBUTE, EXIT } from '../plan';
import { classAdString, condorValue } from './condor-words';
import { comment } from './shell-words';
import type { IIdentity } from './wrapper';

/** How a job of HTCondor knows its cluster: the schedd and the ClusterId out of its GlobalJobId. */
export const CONDOR_IDENTITY: IIdentity = {
  cluster: [
    'cluster=',
    'if [ -n "${_CONDOR_JOB_AD:-}" ]; then',
    `  cluster="$(sed -n 's/^GlobalJobId = "\\(.*\\)#\\([0-9]*\\)\\.[0-9]*#.*"$/\\1#\\2/p' "$_CONDOR_JOB_AD")"`,
    `  [ -n "$cluster" ] || give_up ${EXIT.blind} "$_CONDOR_JOB_AD names no GlobalJobId"`,
    'fi'
  ],
  proc: '${1:-}'
};

/** What a submit file is made of. */
export interface ISubmitFile {
  readonly token: string;
  readonly analysis: string;
  readonly dataset: string;
  /** Safe name of the dataset. */
  readonly safe: string;
  readonly name: string;
  /** File name of the script, beside the submit file. */
  readonly wrapper: string;
  readonly jobsFolder: string;
  /** Null: all jobs, which are told their ProcId; else the number of the only one. */
  readonly only: number | null;
  readonly jobs: number;
  readonly flavour: string | null;
  readonly maxRuntimeSeconds: number | null;
  readonly allowedSeconds: number | null;
  readonly memoryMb: number | null;
  readonly diskMb: number | null;
  readonly cores: number | null;
  readonly image: {
    readonly line: 'MY.SingularityImage' | 'container_image';
    readonly of: string;
  } | null;
  readonly proxy: string | null;
  readonly retries: number;
  readonly maxIdle: number | null;
  readonly maxMaterialize: number | null;
  readonly spool: boolean;
  readonly directives: Readonly<Record<string, string>>;
}

/** The submit file of one cluster, which `condor_submit` takes as it is. */
export function submitFileText(file: ISubmitFile): string {
  const { name, jobsFolder, jobs } = file;
  const out = file.only === null ? `${name}.$(ClusterId).$(ProcId)` : `${name}.$(ClusterId)`;
  const lines: Line[] = [
    ['universe', 'vanilla'],
    ['executable', condorValue(`${jobsFolder}/${file.wrapper}`)],
    ['arguments', file.only === null ? '$(ProcId)' : String(file.only)],
    ['initialdir', condorValue(jobsFolder)],
    ['output', `${out}.out`],
    ['error', `${out}.err`],
    ['log', `${name}.$(ClusterId).log`],
    ['should_transfer_files', 'YES'],
    ['when_to_transfer_output', 'ON_EXIT'],
    ['transfer_output_files', '""'],
    ['getenv', 'False'],
    ['request_memory', file.memoryMb === null ? null : `${file.memoryMb}MB`],
    ['request_disk', file.diskMb === null ? null : `${file.diskMb}MB`],
    ['request_cpus', file.cores],
    ['+JobFlavour', file.flavour === null ? null : classAdString(file.flavour)],
    ['+MaxRuntime', file.maxRuntimeSeconds],
    ['allowed_job_duration', file.allowedSeconds],
    ...imageLine(file),
    ['x509userproxy', file.proxy === null ? null : condorValue(file.proxy)],
    ['batch_name', `${file.analysis} ${file.safe}`],
    [`MY.${ATTRIBUTE.token}`, classAdString(file.token)],
    [`MY.${ATTRIBUTE.cluster}`, classAdString(name)],
    ...failureLines(file.retries),
    ['max_idle', file.maxIdle],
    ['max_materialize', file.maxMaterialize]
  ];
  return `${[
    `# ${jobs} job${jobs === 1 ? '' : 's'} of the dataset ${comment(JSON.stringify(file.dataset))}. Written by hepbatch.`,
    `# By hand: condor_submit ${file.spool ? '-spool ' : ''}${name}.sub`,
    ...overridden(lines, file.directives).map(([key, value]) => `${key} = ${value}`),
    `queue ${jobs}`
  ].join('\n')}\n`;
}

type Line = readonly [key: string, value: string | number | null];

/** Runs again what failed, then holds it with its status as subcode; what ends by itself is held at once. */
function failureLines(retries: number): Line[] {
  const own = `(ExitCode >= ${EXIT.fenced} && ExitCode <= ${EXIT.setup}) =?= True`;
  const why =
    'ifThenElse(ExitBySignal, strcat("killed by signal ", ExitSignal), strcat("exit status ", ExitCode))';
  return [
    ['on_exit_remove', '(ExitBySignal == False) && (ExitCode == 0)'],
    [
      'on_exit_hold',
      `((ExitBySignal == True) || (ExitCode != 0)) && ((NumJobCompletions > ${retries}) || (${own}))`
    ],
    ['on_exit_hold_reason', why],
    ['on_exit_hold_subcode', 'ifThenElse(ExitBySignal, 128 + ExitSignal, ExitCode)']
  ];
}

function imageLine({ image }: ISubmitFile): Line[] {
  if (image === null) {
    return [];
  }
  const isAd = image.line === 'MY.SingularityImage';
  return [[image.line, isAd ? classAdString(image.of) : condorValue(image.of)]];
}

/** A directive takes the place of the line of its name; `+X` and `MY.X` are the same. */
function overridden(
  lines: readonly Line[],
  directives: Readonly<Record<string, string>>
): [string, string | number][] {
  const nameOf = (key: string) => key.replace(/^(\+|my\.)/i, '+').toLowerCase();
  const given = new Map(Object.entries(directives).map(pair => [nameOf(pair[0]), pair]));
  const kept = lines.flatMap(([key, value]): [string, string | number][] =>
    value === null || given.has(nameOf(key)) ? [] : [[key, value]]
  );
  return [...kept, ...given.values()];
}

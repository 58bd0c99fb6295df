import type { IIdentity } from './wrapper';

/** How a task of an array knows which one it is; by hand its number is the first argument. */
export const ARRAY_IDENTITY: IIdentity = {
  cluster: ['cluster="${SLURM_ARRAY_JOB_ID:-}"'],
  proc: '${SLURM_ARRAY_TASK_ID:-${1:-}}'
};

/** A job of its own is always number 0 of its script. */
export const JOB_IDENTITY: IIdentity = { cluster: ['cluster="${SLURM_JOB_ID:-}"'], proc: '0' };

/** What the head of a script for sbatch is made of. */
export interface ISlurmHead {
  readonly token: string;
  readonly name: string;
  readonly jobsFolder: string;
  readonly jobs: number;
  readonly isArray: boolean;
  readonly partition: string | null;
  readonly account: string | null;
  readonly walltime: string | null;
  readonly memoryMb: number | null;
  readonly cores: number | null;
  readonly directives: Readonly<Record<string, string>>;
}

/** The lines `#SBATCH ...`, which `sbatch` takes as they are. */
export function slurmHead(head: ISlurmHead): string[] {
  const { name, jobsFolder, directives } = head;
  const out = `${jobsFolder}/${name}_${head.isArray ? '%A_%a' : '%j'}`;
  const lines: (readonly [string, string | number | null])[] = [
    ['--job-name', name],
    ['--comment', `hepbatch:${head.token}:${name}`],
    ['--chdir', jobsFolder],
    ['--output', `${out}.out`],
    ['--error', `${out}.err`],
    ['--requeue', ''],
    ['--open-mode', 'append'],
    ['--export', 'NIL'],
    ['--partition', head.partition],
    ['--account', head.account],
    ['--time', head.walltime],
    ['--mem', head.memoryMb === null ? null : `${head.memoryMb}M`],
    ['--cpus-per-task', head.cores],
    ['--array', head.isArray ? `0-${head.jobs - 1}` : null]
  ];
  const given = new Map(
    Object.entries(directives).map(([key, value]) => [key.replace(/^(--)?/, '--'), value])
  );
  const kept = lines.flatMap(([key, value]): [string, string][] =>
    value === null || given.has(key) ? [] : [[key, String(value)]]
  );
  return [...kept, ...given].map(([key, value]) =>
    value === '' ? `#SBATCH ${key}` : `#SBATCH ${key}=${slurmWord(value)}`
  );
}

/** Between double quotes where sbatch would split it; what it cannot say is refused before. */
function slurmWord(text: string): string {
  return /[\s#'"]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;
}

/** Whether a folder can be the place of outputs: sbatch gives meanings to these, even in quotes. */
export function isSlurmPath(path: string): boolean {
  return !/[%\\"'\p{Cc}]/u.test(path);
}

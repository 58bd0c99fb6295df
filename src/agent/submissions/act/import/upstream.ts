/**
 * The files that the submitters of HiggsDNA and DarkBottomLine write, as far as watching needs them: pure.
 * Source: `LXPlusVanillaSubmitter` and `SLURMVanillaSubmitter`, from 2023 to 2026.
 */

/** The folder of one submission: `<framework>/<analysis>_<stamp>`. */
export interface IUpstreamFolder {
  readonly scheduler: 'htcondor' | 'slurm';
  readonly analysis: string;
  /** `YYYYmmdd_HHMMSS`. */
  readonly stamp: string;
}

/** A submit file with what its jobs read; paths as they stand there. */
export interface IUpstreamCluster {
  /** Of the `.sub` or `.sh`, without its ending. */
  readonly name: string;
  /** File names of the runner JSON files in `inputs`, in the order of the jobs. */
  readonly runners: readonly string[];
  readonly log: string | null;
  readonly output: string;
  readonly error: string;
  /** File name of the script of its jobs in `jobs`; null where each has a command line of its own. */
  readonly script: string | null;
  /** Where its outputs go. */
  readonly dump: string | null;
}

const FOLDER = /\/\.(?:higgs_dna|bottom_line)_vanilla_(lxplus|slurm)\/([^/]+)_(\d{8}_\d{6})\/?$/;

/** What a folder is by its name; null where it is none of theirs. */
export function upstreamFolder(path: string): IUpstreamFolder | null {
  const [, kind, analysis, stamp] = FOLDER.exec(path) ?? [];
  return kind === undefined || analysis === undefined || stamp === undefined
    ? null
    : { scheduler: kind === 'slurm' ? 'slurm' : 'htcondor', analysis, stamp };
}

/** Whether we wrote it: then it has a record of its own. */
export function isOurs(text: string): boolean {
  return /^# .*Written by hepbatch\.$/m.test(text);
}

/** A `.sub` and the script that it runs, if any; null where it is no submit file of theirs. */
export function parseSubmitFile(
  name: string,
  text: string,
  script: string | null
): IUpstreamCluster | null {
  const of = (key: string) => new RegExp(`^\\s*${key}\\s*=\\s*(.*?)\\s*$`, 'im').exec(text)?.[1];
  const [executable, output, error] = [of('executable'), of('output'), of('error')];
  const queued = /^\s*queue(?:\s+(\d+))?\s*$/im.exec(text);
  if (executable === undefined || output === undefined || error === undefined || queued === null) {
    return null;
  }
  const count = Number(queued[1] ?? 1);
  const commands = script ?? of('arguments') ?? '';
  const runners = script === null ? runnersIn(commands).slice(0, 1) : runnersOf(commands, /\$1/);
  return runners.length < count
    ? null
    : {
        ...{ name, output, error, runners: runners.slice(0, count) },
        log: of('log') ?? null,
        script: script === null ? null : fileName(executable),
        dump: dumpOf(commands)
      };
}

/** A script for sbatch; null where it is none of theirs. */
export function parseSlurmScript(name: string, text: string): IUpstreamCluster | null {
  const of = (key: string) => new RegExp(`^#SBATCH --${key}=(.*?)\\s*$`, 'm').exec(text)?.[1];
  const [output, error] = [of('output'), of('error')];
  const last = Number(/^0-(\d+)$/.exec(of('array') ?? '0-0')?.[1] ?? 0);
  const runners = runnersOf(text, /SLURM_ARRAY_TASK_ID/);
  return output === undefined || error === undefined || runners.length <= last
    ? null
    : {
        ...{ name, output, error, runners: runners.slice(0, last + 1), log: null },
        ...{ script: `${name}.sh`, dump: dumpOf(text) }
      };
}

/** The runner JSON that follows each `if [ $1 -eq N ]`, by N; as far as there is no gap. */
function runnersOf(text: string, number: RegExp): readonly string[] {
  const byProc = new Map<number, string>();
  let proc: number | null = null;
  for (const line of text.split('\n')) {
    const test = /-eq\s+(\d+)\s*\]/.exec(line)?.[1];
    if (test !== undefined && number.test(line)) {
      proc = Number(test);
    }
    const [runner] = runnersIn(line);
    if (proc !== null && runner !== undefined && !byProc.has(proc)) {
      byProc.set(proc, runner);
    }
  }
  const runners: string[] = [];
  for (let i = 0; byProc.has(i); i++) {
    runners.push(byProc.get(i) ?? '');
  }
  return runners;
}

function runnersIn(text: string): readonly string[] {
  return [...text.matchAll(/\/inputs\/(AN-[^\s'"]+\.json)/g)].map(([, runner = '']) => runner);
}

/** Only an absolute one tells where outputs went. */
function dumpOf(text: string): string | null {
  const path = /(?:^|\s)(?:--dump|-d)[\s=]+["']?((?:\/|[a-z]+:\/\/)[^\s'"]*)/.exec(text)?.[1];
  return path ?? null;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

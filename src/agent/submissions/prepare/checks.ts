import { FLAVOUR_WORDS, FLAVOURS } from '../../../contract';
import type { Limits, SubmissionOptions } from '../../../contract';
import type { IProblem } from '../plan';
import { isAbsolute } from './arguments';
import { isCondorValue } from './condor-words';
import type { IFacts } from './facts';
import type { VanillaBackend } from './options';
import { isSlurmPath } from './slurm';

/** Limits of HTCondor's spool at CERN, and of a pool by default (CERN batch documentation, HTCondor manual). */
const SPOOL_MOST = 500;
const OWNER_MOST = 100_000;
const MANY_JOBS = 10_000;

/** Cores follow the memory at CERN: so many MB for each. */
const MB_PER_CORE = 3 * 1024;

/** What is checked. */
export interface IChecked {
  readonly backend: VanillaBackend;
  readonly folder: string;
  readonly options: SubmissionOptions;
  readonly memoryMb: number | null;
  readonly files: readonly string[];
  readonly jobs: number;
  readonly bytes: number;
  readonly spool: boolean;
  readonly limits: Limits;
}

/** What a person should know before anything is written. */
export function checkPlan(checked: IChecked, facts: IFacts): IProblem[] {
  return [
    ...queueProblems(checked, facts),
    ...fileProblems(checked, facts),
    ...numberProblems(checked),
    ...placeProblems(checked, facts)
  ];
}

function queueProblems({ backend, options, memoryMb }: IChecked, facts: IFacts): IProblem[] {
  const { queue, cores } = options;
  const problems: IProblem[] = [];
  if (backend === 'vanilla-lxplus' && queue !== undefined && !Object.hasOwn(FLAVOURS, queue)) {
    problems.push(refused(`There is no job flavour ${queue}.`, `There are ${FLAVOUR_WORDS}.`));
  }
  const partitions = backend === 'vanilla-slurm' ? facts.slurm?.partitions : undefined;
  if (queue !== undefined && partitions !== undefined && !partitions.includes(queue)) {
    const next = `There are ${partitions.join(', ')}.`;
    problems.push(refused(`There is no partition ${queue}.`, next));
  }
  if (backend === 'vanilla-lxplus' && memoryMb !== null && memoryMb > MB_PER_CORE * (cores ?? 1)) {
    const charged = Math.ceil(memoryMb / MB_PER_CORE);
    problems.push(
      warning(
        `Each job is likely to occupy ${charged} cores, for its ${memoryMb} MB of memory.`,
        'Ask for no more memory than a job needs: jobs of one core start sooner.'
      )
    );
  }
  return problems;
}

function fileProblems({ files }: IChecked, facts: IFacts): IProblem[] {
  const relative = files.filter(file => !isAbsolute(file));
  const problems: IProblem[] = [];
  if (relative.length > 0) {
    problems.push(
      refused(
        `${listed(relative, 'input file')} with a relative path, which jobs cannot find.`,
        'Write absolute paths into the samples JSON.'
      )
    );
  }
  if (facts.missing === null) {
    const next = 'Look whether they are there, or preview again.';
    problems.push(warning('Whether all local input files are there could not be found out.', next));
  } else if (facts.missing.length > 0) {
    const next = 'Correct the samples JSON.';
    problems.push(refused(`Not there: ${listed(facts.missing, 'input file')}.`, next));
  }
  return problems;
}

function numberProblems({ jobs, spool, backend, limits, options }: IChecked): IProblem[] {
  const more = 'Take more files per job, or fewer datasets at once.';
  const isCondor = backend === 'vanilla-htcondor' || backend === 'vanilla-lxplus';
  const problems: IProblem[] = [];
  if (jobs === 0) {
    const message = 'There is nothing to do: no dataset with files is left.';
    problems.push(refused(message, 'See the other messages, and choose again.'));
  }
  if (limits.jobs !== undefined && jobs > limits.jobs) {
    problems.push(refused(`${jobs} jobs are more than the ${limits.jobs} allowed here.`, more));
  }
  if (spool && jobs > SPOOL_MOST) {
    const message = `${jobs} jobs are more than the ${SPOOL_MOST} that an owner may have spooled.`;
    problems.push(refused(message, `${more} Or choose a folder that is not on EOS.`));
  }
  if (spool && (options.maxIdle !== undefined || options.maxMaterialize !== undefined)) {
    const message = 'Jobs that are spooled from EOS cannot be made bit by bit.';
    problems.push(refused(message, 'Leave out the most idle and the most in the queue.'));
  }
  if (isCondor && jobs > OWNER_MOST) {
    problems.push(
      refused(`${jobs} jobs are more than the ${OWNER_MOST} of one owner in HTCondor.`, more)
    );
  } else if (jobs >= MANY_JOBS) {
    problems.push(warning(`${jobs} jobs are many for one scheduler.`, more));
  }
  return problems;
}

function placeProblems({ backend, folder, bytes, options }: IChecked, facts: IFacts): IProblem[] {
  const problems: IProblem[] = [];
  if (backend === 'vanilla-slurm' && !isSlurmPath(folder)) {
    const message = `Slurm cannot be told the folder ${folder}: it has a quote, a backslash or %.`;
    problems.push(refused(message, 'Choose another folder.'));
  }
  const isCondor = backend === 'vanilla-htcondor' || backend === 'vanilla-lxplus';
  const { image = '', proxy } = options;
  for (const value of isCondor ? [folder, image, proxy ?? ''] : []) {
    if (!isCondorValue(value)) {
      const message = `HTCondor cannot be told ${value}: it has two $ or two backslashes in a row.`;
      problems.push(refused(message, 'Choose another name.'));
    }
  }
  if (backend === 'vanilla-slurm' && facts.slurm === null) {
    const message = 'How large an array of Slurm may be could not be found out; 1001 is taken.';
    problems.push(warning(message, 'Look with scontrol show config.'));
  }
  if (facts.freeBytes === null) {
    const message = 'How much space is free could not be found out.';
    problems.push(warning(message, 'Look with df or fs quota.'));
  } else if (facts.freeBytes < bytes) {
    const message = `${bytes} bytes are to be written, and ${facts.freeBytes} are free in ${folder}.`;
    problems.push(refused(message, 'Make space, or choose another folder.'));
  }
  return problems;
}

function listed(names: readonly string[], what: string): string {
  const some = names.slice(0, 3).join(', ');
  const rest = names.length > 3 ? ` ... of ${names.length}` : '';
  return `${names.length} ${what}${names.length === 1 ? '' : 's'} (${some}${rest})`;
}

const refused = (message: string, next: string): IProblem => ({ level: 'refused', message, next });
const warning = (message: string, next: string): IProblem => ({ level: 'warning', message, next });

import type { IProblem } from '../plan';

/** Options that a job gets from us, with the field that says their value. */
const OURS = [
  { long: '--json-analysis', short: null, field: 'the runner JSON' },
  { long: '--dump', short: '-d', field: 'the output folder' }
] as const;

/** Executors that do their work in the job itself. */
const WITHIN = ['iterative', 'futures'];

/** The argument list of a job without the program; `runner` stands first, so it is left to the caller. */
export function jobArguments(given: readonly string[], output: string | null): string[] {
  const executor = executorOf(given) === null ? ['--executor', 'iterative'] : [];
  return [...executor, ...(output === null ? [] : ['--dump', output]), ...given];
}

/** What must not stand in the arguments: an executor that submits again, and what has a field of its own. */
export function argumentProblems(given: readonly string[], output: string | null): IProblem[] {
  const problems: IProblem[] = [];
  const executor = executorOf(given);
  if (executor !== null && !WITHIN.includes(executor)) {
    const again = executor.startsWith('vanilla_') ? ' and would submit jobs from each job' : '';
    problems.push({
      level: 'refused',
      message: `The arguments have --executor ${executor}, which does not run in the job itself${again}.`,
      next: 'Leave it out: jobs run with --executor iterative.'
    });
  }
  for (const { long, short, field } of OURS) {
    const found = given.find(
      word => isOption(word, long) || (short !== null && isShort(word, short))
    );
    if (found !== undefined) {
      problems.push({
        level: 'refused',
        message: `The arguments have ${found}, and jobs are given ${long} already.`,
        next: `Leave it out, and name ${field} in its own field.`
      });
    }
  }
  if (output !== null && !isAbsolute(output)) {
    problems.push({
      level: 'refused',
      message: `The output folder ${output} is relative: outputs would be lost with the scratch folder of the job.`,
      next: 'Give an absolute path or root://...'
    });
  }
  return problems;
}

/** Whether a path means the same file on every node. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || isUrl(path);
}

/** Such as `root://host//path`. */
export function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/./i.test(path);
}

/** The value of the last --executor, in both spellings; an empty text where the value is missing. */
function executorOf(given: readonly string[]): string | null {
  const word = given.filter(one => isOption(one, '--executor')).at(-1);
  if (word === undefined) {
    return null;
  }
  return word.includes('=')
    ? word.slice(word.indexOf('=') + 1)
    : (given[given.lastIndexOf(word) + 1] ?? '');
}

/** argparse takes the beginning of an option for the option, as long as no other begins so. */
function isOption(word: string, long: string): boolean {
  const [name = ''] = word.split('=');
  return name.length >= 3 && long.startsWith(name);
}

function isShort(word: string, short: string): boolean {
  return word.startsWith(short) && !word.startsWith('--');
}

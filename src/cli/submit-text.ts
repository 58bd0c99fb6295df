import type { SubmissionPreview, SubmissionProblem } from '../contract';
import { printable, printableLines } from './printable';
import { number } from './submission-text';

/** What would be made, what is wrong with it, and the commands. */
export function submitSummary(preview: SubmissionPreview): string {
  const { counts, problems, folder, commands, cwd, total } = preview;
  const numbers = [
    number(counts.files, 'input file'),
    number(counts.datasets, 'dataset'),
    number(counts.jobs, 'job'),
    number(counts.clusters, 'cluster'),
    `${number(total, 'file')} to write`
  ];
  const lines = [
    `folder  ${folder}`,
    `jobs    ${numbers.join(', ')}`,
    ...problems.map(problemText),
    '',
    `# in ${cwd}`,
    ...commands.map(
      ({ argv, jobs, dataset }) =>
        `${argv.map(shellWord).join(' ')}  # ${number(jobs, 'job')} of ${dataset}`
    )
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** What is wrong, a line each. */
export function problemsText(problems: readonly SubmissionProblem[]): string {
  return problems.map(problem => `${printable(problemText(problem))}\n`).join('');
}

/** The files, each below its path. */
export function submitFileParts({ files }: SubmissionPreview): string[] {
  return files.map(({ path, text, isProgram }) => {
    return `\n==> ${printable(path)}${isProgram ? ' (a program)' : ''} <==\n${printableLines(text)}`;
  });
}

function problemText({ level, message, next }: SubmissionProblem): string {
  return `${level}: ${message} ${next}`;
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

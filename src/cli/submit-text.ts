import type { SubmissionPreview } from '../contract';
import { printable, printableLines } from './printable';

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
    ...problems.map(({ level, message, next }) => `${level}: ${message} ${next}`),
    '',
    `# in ${cwd}`,
    ...commands.map(
      ({ argv, jobs, dataset }) =>
        `${argv.map(shellWord).join(' ')}  # ${number(jobs, 'job')} of ${dataset}`
    )
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

/** The files, each below its path. */
export function submitFileParts({ files }: SubmissionPreview): string[] {
  return files.map(({ path, text, isProgram }) => {
    return `\n==> ${printable(path)}${isProgram ? ' (a program)' : ''} <==\n${printableLines(text)}`;
  });
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

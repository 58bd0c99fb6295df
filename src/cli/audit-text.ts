import { FILE_STATUSES, type FileStatus } from '../contract';
import type { IOutcome } from '../agent/audits/outcome';
import { resultOf, summarize, type DatasetResult } from '../agent/audits/result';
import { printable } from './printable';

/** What happened to the files that were asked for. */
export interface IWritten {
  readonly output: string | null;
  readonly report: string | null;
}

/** Problems shown before the report is referred to. */
const SHOWN = 20;

const COLOURS: Record<FileStatus, number> = {
  complete: 32,
  'no-events': 32,
  empty: 36,
  missing: 31,
  partial: 33,
  overlapping: 35,
  truncated: 31,
  'not-in-catalogue': 33,
  unreadable: 31
};

const FINE: readonly FileStatus[] = ['complete', 'no-events', 'empty'];

/**
 * The answer for a person: a table per dataset, then the problems, then what to do next. `rich` has
 * bars and colours, for a terminal; without them it can be read by a program as well.
 */
export function auditText(outcome: IOutcome, rich: boolean, written: IWritten): string {
  const result = resultOf(outcome);
  return [table(result.datasets, rich), problems(result.datasets, rich), next(outcome, written)]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n');
}

function table(datasets: readonly DatasetResult[], rich: boolean): string {
  const names = datasets.map(({ row }) => printable(row.dataset));
  const longest = names.reduce((most, name) => Math.max(most, name.length), 7);
  const widest = Math.min(longest, rich ? 40 : 80);
  const head = `${'dataset'.padEnd(widest)}  ${rich ? ' '.repeat(BAR + 2) : ''}  files   done  events`;
  const lines = datasets.map(({ row }, i) => {
    const name = (names[i] ?? '').padEnd(widest);
    if (row.unknown !== null) {
      return `${name}  unknown: ${printable(row.unknown)}`;
    }
    const done = FINE.reduce((sum, status) => sum + row.files[status], 0);
    const { expected, found } = row.events;
    const events = expected === null ? `${found}` : `${found} of ${expected}`;
    const counts = FILE_STATUSES.filter(status => status !== 'complete' && row.files[status] > 0)
      .map(status => `${row.files[status]} ${status}`)
      .join(', ');
    const drawn = rich ? `${bar(row.files, row.inputs)}  ` : '';
    const numbers = `${String(row.inputs).padStart(5)}  ${percent(done, row.inputs)}  ${events}`;
    return `${name}  ${drawn}  ${numbers}${counts && `  ${counts}`}`;
  });
  return [head, ...lines].join('\n');
}

const BAR = 20;

function bar(files: Record<FileStatus, number>, inputs: number): string {
  let drawn = '';
  let cells = 0;
  let sum = 0;
  for (const status of FILE_STATUSES) {
    sum += files[status];
    // A single missing file of thousands still has its cell.
    const upTo = inputs === 0 ? 0 : Math.round((BAR * sum) / inputs);
    const length = Math.min(
      Math.max(upTo - cells, files[status] > 0 && cells < BAR ? 1 : 0),
      BAR - cells
    );
    const cell = FINE.includes(status) ? '█' : '░';
    drawn += length > 0 ? `\u001b[${COLOURS[status]}m${cell.repeat(length)}\u001b[0m` : '';
    cells += length;
  }
  return `[${drawn}${' '.repeat(BAR - cells)}]`;
}

/** Rounded down: 100 % means all. */
function percent(part: number, whole: number): string {
  return whole === 0 ? '    -' : `${Math.floor((100 * part) / whole)} %`.padStart(5);
}

function problems(datasets: readonly DatasetResult[], rich: boolean): string {
  const all = datasets.flatMap(({ row, problems }) => problems.map(problem => ({ row, problem })));
  const lines = all.slice(0, SHOWN).map(({ row, problem }) => {
    const status = rich
      ? `\u001b[${COLOURS[problem.status]}m${problem.status}\u001b[0m`
      : problem.status;
    return `${printable(row.dataset)}: ${status}: ${printable(problem.file)}\n    ${printable(problem.reason)}`;
  });
  if (all.length > SHOWN) {
    lines.push(`... and ${all.length - SHOWN} more; --report FILE writes all of them`);
  }
  return lines.join('\n');
}

function next(outcome: IOutcome, { output, report }: IWritten): string {
  const result = resultOf(outcome);
  const sum = summarize(result);
  const inputs = Object.values(sum.files).reduce((a, b) => a + b, 0);
  const lines: string[] = [];
  if (sum.unknownDatasets > 0) {
    lines.push(
      `${count(sum.unknownDatasets, 'dataset')} could not be answered: see the reasons above, then audit again.`
    );
  }
  if (sum.resubmit > 0) {
    const where =
      output === null
        ? '--output FILE writes them as a samples JSON'
        : `written to ${printable(output)}`;
    lines.push(`${count(sum.resubmit, 'file')} to resubmit: ${where}.`);
  } else if (sum.unknownDatasets === 0) {
    lines.push(`Nothing to resubmit: ${inputs} of ${inputs} files are accounted for.`);
  }
  if (sum.stale > 0) {
    const where = report === null ? '--report FILE lists them' : `listed in ${printable(report)}`;
    lines.push(
      `${count(sum.stale, 'stale chunk')} to remove before that, or events are counted twice: ${where}, --remove-stale moves them.`
    );
  }
  if (sum.files['not-in-catalogue'] > 0) {
    lines.push(
      `${count(sum.files['not-in-catalogue'], 'file')} not in the catalogue: their ranges were judged from 0 on.`
    );
  }
  if (sum.files.empty > 0) {
    lines.push(
      `${count(sum.files.empty, 'file')} with an empty selection: resubmitting cannot help.`
    );
  }
  if (sum.foreign > 0) {
    lines.push(
      `${count(sum.foreign, 'file')} in nominal that belong to no input file: do not merge them.`
    );
  }
  if (result.notInJson.length > 0) {
    const shown = result.notInJson.slice(0, 5).map(printable).join(', ');
    const rest = result.notInJson.length > 5 ? ` and ${result.notInJson.length - 5} more` : '';
    lines.push(`On disk but not in the samples JSON: ${shown}${rest}.`);
  }
  lines.push(...outcome.notes.map(printable));
  return lines.join('\n');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

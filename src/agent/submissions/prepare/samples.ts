import { normalize } from 'node:path/posix';
import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import type { IProblem } from '../plan';

/** A dataset and the files that jobs will read. */
export interface ISample {
  readonly dataset: string;
  readonly files: readonly string[];
}

/** What is taken of the samples JSON, and what a person should know of the rest. */
export interface ISelected {
  readonly samples: readonly ISample[];
  readonly problems: readonly IProblem[];
}

/** What is chosen of the samples JSON. */
export interface ISelection {
  readonly limit: number | null;
  /** Datasets, beginnings such as `GJet*`, or files; empty: all. */
  readonly only: readonly string[];
  /** Of an earlier submission: nobody misses the other datasets of the runner JSON. */
  readonly isPart?: boolean;
}

const File = z
  .string()
  .min(1)
  .regex(/^[^\0\r\n]+$/, 'is no file name');
const Samples = z.record(z.string(), z.array(File));

/** Reads a samples JSON. Throws `bad-request` with the place of what is wrong. */
export function parseSamples(json: unknown, name: string): Readonly<Record<string, string[]>> {
  const read = Samples.safeParse(json);
  if (!read.success) {
    throw new HepbatchError('bad-request', `${name}: ${z.prettifyError(read.error)}`, {
      next: 'A samples JSON is {"dataset": ["file", ...], ...}; correct it.'
    });
  }
  return read.data;
}

/**
 * What jobs will read, in the order of the samples JSON. Datasets that `year` of the runner JSON lacks
 * are left out, as run_analysis.py does without a word; `year` is null where the runner has none.
 */
export function selectSamples(
  all: Readonly<Record<string, readonly string[]>>,
  years: readonly string[] | null,
  { limit, only, isPart = false }: ISelection
): ISelected {
  const problems: IProblem[] = [];
  const samples: ISample[] = [];
  const used = new Set<string>();
  const notInYear: string[] = [];
  for (const [dataset, listed] of Object.entries(all)) {
    if (leaves(dataset)) {
      problems.push({
        level: 'refused',
        message: `The dataset ${JSON.stringify(dataset)} would write outside of the output folder.`,
        next: 'Give it another name in the samples JSON and in the runner JSON.'
      });
      continue;
    }
    const chosen = choose(dataset, listed, only, used);
    if (chosen === null) {
      continue;
    }
    if (years !== null && !years.includes(dataset)) {
      notInYear.push(dataset);
      continue;
    }
    if (listed.length === 0) {
      problems.push({
        level: 'warning',
        message: `The dataset ${dataset} has no files, and gets no jobs.`,
        next: 'The list was not fetched, most likely: fetch the samples JSON again.'
      });
      continue;
    }
    const files = [...new Set(chosen)];
    if (files.length < chosen.length) {
      problems.push({
        level: 'warning',
        message: `The dataset ${dataset} names ${chosen.length - files.length} file(s) twice; each is taken once.`,
        next: 'Take them out of the samples JSON.'
      });
    }
    samples.push({ dataset, files: limit === null ? files : files.slice(0, limit) });
  }
  const unknown = only.filter(one => !used.has(one));
  const isChosen = isPart || only.length > 0;
  const missing = isChosen ? [] : (years ?? []).filter(dataset => !(dataset in all));
  return {
    samples,
    problems: [
      ...problems,
      ...told('refused', unknown, 'not in the samples JSON, though asked for', 'Correct --only.'),
      ...told(
        'warning',
        notInYear,
        'not in "year" of the runner JSON, and get no jobs',
        'Add them there, or leave them out.'
      ),
      ...told(
        'warning',
        missing,
        'in "year" of the runner JSON, but not in the samples JSON',
        'Add their files to the samples JSON if they are meant.'
      )
    ]
  };
}

/** The files of a dataset that `only` means; null: the dataset is not meant. */
function choose(
  dataset: string,
  files: readonly string[],
  only: readonly string[],
  used: Set<string>
): readonly string[] | null {
  if (only.length === 0) {
    return files;
  }
  const whole = only.filter(one =>
    one.endsWith('*') ? dataset.startsWith(one.slice(0, -1)) : one === dataset
  );
  const inFiles = files.filter(file => only.includes(file));
  [...whole, ...inFiles].forEach(one => used.add(one));
  return whole.length > 0 ? files : inFiles.length > 0 ? inFiles : null;
}

function told(
  level: IProblem['level'],
  names: readonly string[],
  what: string,
  next: string
): IProblem[] {
  const shown = names.slice(0, 5).join(', ');
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return names.length === 0 ? [] : [{ level, message: `${shown}${rest}: ${what}.`, next }];
}

/** A DAS name begins with a slash and still lies below the output folder: programs append it. */
function leaves(dataset: string): boolean {
  const path = normalize(`./${dataset}`);
  return dataset === '' || path === '.' || path === './' || /^\.\.(\/|$)/.test(path);
}

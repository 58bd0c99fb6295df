import * as z from 'zod';
import { HepbatchError } from '../../../contract';
import type { IProblem } from '../plan';

/** What is read of a runner JSON; everything else stays in it untouched. */
const Runner = z.looseObject({
  samplejson: z.string().min(1).optional(),
  year: z.record(z.string(), z.array(z.string())).optional()
});
export type Runner = z.output<typeof Runner>;

/** The same as it stands in the file, in its order. */
const AsItIs = z.record(z.string(), z.unknown());

/** Without these keys run_analysis.py of HiggsDNA ends with a KeyError. */
const NEEDED = ['workflow', 'metaconditions', 'year', 'corrections', 'systematics'];

/** Reads a runner JSON. Throws `bad-request` with the place of what is wrong. */
export function parseRunner(
  json: unknown,
  name: string
): { readonly runner: Runner; readonly asItIs: Readonly<Record<string, unknown>> } {
  const read = Runner.safeParse(json);
  if (!read.success) {
    throw new HepbatchError('bad-request', `${name}: ${z.prettifyError(read.error)}`, {
      next: 'A runner JSON is an object; "year" is {"dataset": ["2022postEE"], ...}.'
    });
  }
  return { runner: read.data, asItIs: AsItIs.parse(json) };
}

/** Keys that are missing: run_analysis.py will fail, another program may not need them. */
export function runnerProblems(runner: Runner, isOwnProgram: boolean): IProblem[] {
  const missing = NEEDED.filter(key => !(key in runner));
  return missing.length === 0
    ? []
    : [
        {
          level: isOwnProgram ? 'warning' : 'refused',
          message: `The runner JSON lacks ${missing.join(', ')}, which run_analysis.py reads.`,
          next: 'Add what is missing.'
        }
      ];
}

/** The text of a runner JSON for each samples JSON: all but `samplejson` is written once. */
export function runnerTexts(
  asItIs: Readonly<Record<string, unknown>>
): (samplesJson: string) => string {
  const names = Object.keys({ ...asItIs, samplejson: '' });
  const line = (name: string, value: unknown) =>
    `    ${JSON.stringify(name)}: ${JSON.stringify(value, null, 4).replaceAll('\n', '\n    ')}`;
  const lines = names.map(name => line(name, asItIs[name] ?? null));
  const at = names.indexOf('samplejson');
  const before = lines.slice(0, at).map(one => `${one},\n`);
  const after = lines.slice(at + 1).map(one => `,\n${one}`);
  const [head, tail] = [`{\n${before.join('')}`, `${after.join('')}\n}\n`];
  return samplesJson => `${head}${line('samplejson', samplesJson)}${tail}`;
}

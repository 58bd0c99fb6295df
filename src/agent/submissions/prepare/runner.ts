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

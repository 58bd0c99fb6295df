import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

let known: string | undefined;

/** The Python with Dask that the test bed makes. It takes a second to find, in which nothing else is done. */
export function daskPython(): string {
  return (known ??= execFileSync(resolve('testbed/jobs-python'), { encoding: 'utf8' }).trim());
}

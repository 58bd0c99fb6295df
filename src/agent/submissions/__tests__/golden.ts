import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a real program said, as the test bed recorded it. */
export interface IGolden {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A recorded answer, such as `golden('htcondor-23.9.6', 'submit')`. */
export function golden(service: string, name: string): IGolden {
  const read = (end: string) => {
    const path = resolve('testbed/golden', service, `${name}.${end}`);
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return ''; // a program that said nothing there has no file of it
    }
  };
  return { stdout: read('stdout'), stderr: read('stderr'), code: Number(read('rc')) };
}

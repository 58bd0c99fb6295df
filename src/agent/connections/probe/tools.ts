import type { HostDetails } from '../../../contract';
import { NO_ANSWER, absent, unknown, wordsOf } from './finding';
import type { IPart } from './parts';

/** The status of a shell that did not find the program. */
export const NOT_FOUND = 127;

/** Reads the path of condor_submit and the words of condor_version. */
export function parseCondor(part: IPart | undefined): HostDetails['scheduler'] {
  return parseScheduler(part, 'HTCondor', 'condor_submit', /\$CondorVersion: (\d+(?:\.\d+)+)/);
}

/** Reads the path of sbatch and the words of `sbatch --version`. */
export function parseSlurm(part: IPart | undefined): HostDetails['scheduler'] {
  return parseScheduler(part, 'Slurm', 'sbatch', /^slurm\S* (\d+(?:\.\d+)+)/m);
}

function parseScheduler(
  part: IPart | undefined,
  name: 'HTCondor' | 'Slurm',
  program: string,
  pattern: RegExp
): HostDetails['scheduler'] {
  if (part === undefined) {
    return NO_ANSWER;
  }
  if (part.status === NOT_FOUND && part.text === '') {
    return absent(`${program} is not on PATH`);
  }
  const [path = ''] = part.text.split('\n');
  const version = pattern.exec(part.text)?.[1];
  return part.status === 0 && version !== undefined
    ? { state: 'found', name, version, path }
    : unknown(`${program} is there, but its version cannot be told: ${wordsOf(part)}`);
}

/** Reads what an interpreter says of itself. */
export function parsePython(part: IPart | undefined, interpreter: string): HostDetails['python'] {
  if (part === undefined) {
    return NO_ANSWER;
  }
  if (part.status === NOT_FOUND) {
    return absent(`${interpreter} is not there`);
  }
  const [path, version] = part.text.split('\n').slice(-2);
  return part.status === 0 && path !== undefined && /^\d+\.\d+\.\d+$/.test(version ?? '')
    ? { state: 'found', version: version ?? '', path }
    : unknown(`${interpreter} does not work: ${wordsOf(part)}`);
}

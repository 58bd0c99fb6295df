import { FLAVOURS } from '../../contract';
import type { SubmissionOptions } from '../../contract';

/** What each job of a submission may take; null: not known here. */
export interface ILimits {
  readonly seconds: number | null;
  readonly memoryMb: number | null;
}

/** Where nobody knows what was asked for. */
export const NO_LIMITS: ILimits = { seconds: null, memoryMb: null };

/**
 * Seconds that a job may run: as was asked for, else as its connection has it; null: not known here. A wall
 * time counts before a flavour, as in the submit file.
 */
export function timeLimit(
  asked: Pick<SubmissionOptions, 'walltime' | 'queue'>,
  defaults: Readonly<Record<string, unknown>>
): number | null {
  const walltime = asked.walltime ?? defaults['walltime'];
  if (typeof walltime === 'string') {
    return secondsOf(walltime);
  }
  const flavour = asked.queue ?? defaults['flavour'];
  return Object.entries(FLAVOURS).find(([name]) => name === flavour)?.[1] ?? null;
}

/** MB of memory that a job asks for; null: not known here. */
export function memoryLimit(
  asked: Pick<SubmissionOptions, 'memory'>,
  defaults: Readonly<Record<string, unknown>>
): number | null {
  const size = asked.memory ?? defaults['memory'];
  const words = typeof size === 'string' || typeof size === 'number' ? String(size) : '';
  const [, digits, unit = 'M'] = /^(\d+(?:\.\d+)?)\s?([KMGT])?(?:iB|B)?$/i.exec(words) ?? [];
  const power = ['K', 'M', 'G', 'T'].indexOf(unit.toUpperCase()) - 1;
  return digits === undefined ? null : Math.ceil(Number(digits) * 1024 ** power);
}

/** Such as `08:00:00` or `2-00:00:00`. */
function secondsOf(walltime: string): number | null {
  const parts = /^(?:(\d+)-)?(\d+):(\d+):(\d+)$/.exec(walltime)?.slice(1);
  if (parts === undefined) {
    return null;
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map(part => Number(part || 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

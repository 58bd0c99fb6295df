import type { HostDetails } from '../../../contract';
import { NO_ANSWER, unknown, wordsOf } from './finding';
import type { IPart } from './parts';

const BLOCK = 1024;

/** Of `df -P -k`: blocks, used, available, capacity, mount. */
const DF = /\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+\/.*$/;

/** Of `fs listquota`: volume, quota, used (in kilobytes), and per cent of both. */
const AFS_QUOTA = /^\S+\s+(\d+|no limit)\s+(\d+)\s+\d+%/;

/** Reads a folder and the words of df, or of fs for AFS, about the room there. */
export function parseSpace(part: IPart | undefined): HostDetails['home'] {
  if (part === undefined) {
    return NO_ANSWER;
  }
  const lines = part.text.split('\n');
  const [path = ''] = lines;
  if (part.status !== 0 || !path.startsWith('/')) {
    return unknown(wordsOf(part));
  }
  const last = lines.at(-1) ?? '';
  const [, quota, used] = AFS_QUOTA.exec(last) ?? [];
  if (/^\d+$/.test(quota ?? '')) {
    const totalBytes = Number(quota) * BLOCK;
    const freeBytes = Math.max(totalBytes - Number(used) * BLOCK, 0);
    return { state: 'found', path, freeBytes, totalBytes };
  }
  const [, total, free] = DF.exec(last) ?? [];
  return total === undefined || free === undefined
    ? unknown(wordsOf(part))
    : {
        state: 'found',
        path,
        // Negative where only the administrator may still write.
        freeBytes: Math.max(Number(free) * BLOCK, 0),
        totalBytes: Number(total) * BLOCK
      };
}

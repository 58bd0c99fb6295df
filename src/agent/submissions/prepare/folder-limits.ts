import { Buffer } from 'node:buffer';
import type { IProblem } from '../plan';

/** An AFS directory has so many entries of 32 bytes for names; the first of a name holds 16. */
const AFS_ENTRIES = 64_000;

/** Whether the files of a submission fit into its folders, where those have limits: AFS. */
export function folderProblems(
  folder: string,
  namesOf: Readonly<Record<string, readonly string[]>>
): IProblem[] {
  if (!folder.startsWith('/afs/')) {
    return [];
  }
  return Object.entries(namesOf).flatMap(([name, names]): IProblem[] => {
    const used = names.reduce((sum, one) => sum + afsEntries(one), 0);
    if (used < AFS_ENTRIES / 2) {
      return [];
    }
    const isTooMuch = used > AFS_ENTRIES;
    return [
      {
        level: isTooMuch ? 'refused' : 'warning',
        message: `${folder}/${name} would have ${names.length} files, ${Math.round((100 * used) / AFS_ENTRIES)} % of what a directory of AFS holds.`,
        next: 'Take more files per job, fewer datasets at once, or a folder that is not on AFS.'
      }
    ];
  });
}

function afsEntries(name: string): number {
  return 1 + Math.ceil(Math.max(0, Buffer.byteLength(name) + 1 - 16) / 32);
}

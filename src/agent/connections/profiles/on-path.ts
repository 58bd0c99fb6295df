import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from '../../run';

/** Where on PATH a program lies; null where it does not. */
export async function findOnPath(program: string, env: Environment): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, program);
    try {
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) {
        return path;
      }
    } catch {
      // not in this folder
    }
  }
  return null;
}

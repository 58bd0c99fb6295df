import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InlinePool, ThreadPool, YOUNG_MB, type IPool } from './pool';

/**
 * Threads of the bundle, which lies beside the script of this process. Where there is no bundle
 * (the sources run as they are, in tests) the work is done in this thread. `where` are the outputs.
 */
export function openThreads(threads: number, where: keyof typeof YOUNG_MB): IPool {
  const script = join(__dirname, 'audit-worker.cjs');
  if (!existsSync(script)) {
    return new InlinePool();
  }
  const pool = new ThreadPool(script, threads, YOUNG_MB[where]);
  pool.warmUp();
  return pool;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InlinePool, ThreadPool, type IPool } from './pool';

/**
 * Threads of the bundle, which lies beside the script of this process. Where there is no bundle
 * (the sources run as they are, in tests) the work is done in this thread.
 */
export function openThreads(threads: number): IPool {
  const script = join(__dirname, 'audit-worker.cjs');
  if (!existsSync(script)) {
    return new InlinePool();
  }
  const pool = new ThreadPool(script, threads);
  pool.warmUp();
  return pool;
}

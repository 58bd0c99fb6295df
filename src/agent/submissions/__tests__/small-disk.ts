/** A small disk in memory that tests fill and free; only root can make one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../../errno';

/** One that is mounted until it is removed. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Null where this user may not mount. */
  static make(size: string): SmallDisk | null {
    const path = mkdtempSync(join(tmpdir(), 'disk-'));
    const argv = ['-t', 'tmpfs', '-o', `size=${size},mode=1777`, 'tmpfs', path];
    if (spawnSync('mount', argv).status === 0) {
      return new SmallDisk(path);
    }
    rmSync(path, { recursive: true });
    return null;
  }

  /** The file that takes what room there is; whoever writes to it fills the disk. */
  get filler(): string {
    return join(this.path, 'filler');
  }

  fill(): void {
    try {
      for (;;) {
        writeFileSync(this.filler, Buffer.alloc(4096), { flag: 'a' });
      }
    } catch (cause) {
      if (errnoOf(cause) !== 'ENOSPC') {
        throw cause;
      }
    }
  }

  free(): void {
    rmSync(this.filler, { force: true });
  }

  remove(): void {
    // A keeper of jobs or a scheduler may still have a file of it open.
    execFileSync('umount', ['--lazy', this.path]);
    rmSync(this.path, { recursive: true });
  }
}

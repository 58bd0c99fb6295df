import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { itIsMissing } from '../../__tests__/test-bed';

/** Registers tests that need a program of OpenSSH; without it one skipped test stands for them. */
export function describeWithProgram(program: string, what: string, tests: () => void): void {
  describe(what, () => {
    if (spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0) {
      tests();
    } else {
      itIsMissing(`${program}: install openssh-client, or do testbed/up ssh`);
    }
  });
}

/** What a program says on stdout; throws where it fails. */
export function said(argv: readonly [string, ...string[]], statuses = [0]): string {
  const [program, ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (!statuses.includes(status ?? -1)) {
    throw new Error(`${argv.join(' ')}: ${status ?? 'killed'}: ${stderr}`);
  }
  return stdout;
}

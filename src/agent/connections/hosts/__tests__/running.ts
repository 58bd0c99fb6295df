import { execFileSync } from 'node:child_process';

/**
 * Whether a program with these words runs on this machine; a dead one nobody waited for does not.
 * A client of ssh does not count: it hands the words on to where the program is.
 */
export function isRunning(words: string): boolean {
  return find(words, args => !args.startsWith('ssh ')).length > 0;
}

/** The processes whose command line holds these words. */
export function pidsOf(words: string): number[] {
  return find(words, () => true);
}

/** Whether there is a process of that number, be it dead and not waited for. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // of all processes that a test may signal, one that is not there
  }
}

function find(words: string, isMeant: (args: string) => boolean): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,stat=,args=']).toString().split('\n');
  return lines.flatMap(line => {
    const [, pid, stat = 'Z', args = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return !stat.startsWith('Z') && args.includes(words) && isMeant(args) ? [Number(pid)] : [];
  });
}

let unique = process.pid * 1000;

/** A command that no other test runs. */
export function sleeper(): string {
  return `sleep ${++unique}`;
}

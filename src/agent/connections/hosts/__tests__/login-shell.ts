import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { IChannel, OpenChannel } from '../channel';

/** Shells that users have; the first two are on every machine, the others where they are found. */
export const SHELLS = ['sh', 'bash', 'tcsh', 'fish', 'zsh', 'mksh', 'ksh93', 'busybox'].flatMap(
  name => {
    const folders = (process.env['PATH'] ?? '').split(delimiter);
    const path = folders.map(folder => join(folder, name)).find(file => existsSync(file));
    return path === undefined ? [] : [{ name, argv: name === 'busybox' ? [path, 'sh'] : [path] }];
  }
);

/** What an SSH server does with a line: the login shell takes it, as the leader of a new session. */
export function loginShell(argv: readonly string[], before = ''): OpenChannel {
  const [program = 'sh', ...args] = argv;
  return line => {
    const child = spawn(program, [...args, '-c', before + line], { detached: true, stdio: 'pipe' });
    const channel: IChannel = {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed: new Promise(resolve => {
        child.once('close', code => resolve(`the session ended with ${code ?? 'a signal'}`));
      }),
      close: () => {
        child.stdin.destroy();
        child.stdout.destroy();
        child.stderr.destroy();
      }
    };
    return Promise.resolve(channel);
  };
}

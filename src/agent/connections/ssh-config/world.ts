import { homedir, hostname, userInfo } from 'node:os';
import type { Environment } from '../../run';
import type { IConfigWorld } from './expand';

/** The world of the user of this process; like ssh it asks the system who he is, not the environment. */
export function configWorld(env: Environment): IConfigWorld {
  try {
    const { homedir: home, username: user, uid } = userInfo();
    return { env, home, user, uid, machine: hostname() };
  } catch {
    // A container may run under a number that has no entry; then the environment is all there is.
    const user = env['USER'] ?? env['LOGNAME'] ?? 'user';
    return { env, home: homedir(), user, uid: process.getuid?.() ?? -1, machine: hostname() };
  }
}

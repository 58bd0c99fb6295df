import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { IConfigWorld } from '../expand';

/** Files in a folder of their own; the path of the first is what `HEPBATCH_SSH_CONFIG` names. */
export function files(texts: Record<string, string>): { folder: string; config: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-config-'));
  for (const [name, text] of Object.entries(texts)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll('HERE', folder));
  }
  return { folder, config: join(folder, Object.keys(texts)[0] ?? '') };
}

/** The world of a user who has this configuration, with OpenSSH or without. */
export function worldOf(config: string, hasOpenSsh = true, env: object = {}): IConfigWorld {
  return {
    env: {
      PATH: hasOpenSsh ? process.env['PATH'] : '/no/programs',
      HEPBATCH_SSH_CONFIG: config,
      ...env
    },
    // ssh asks the system for these, not the environment.
    home: userInfo().homedir,
    user: userInfo().username,
    uid: userInfo().uid,
    machine: 'login.example.org'
  };
}

import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../../../../__tests__/test-bed';
import { SSH, answer } from '../../__tests__/ssh-bed';
import { options } from '../../__tests__/suite';
import { folder, login } from './logins';

/** All processes that this one started, and that those started. */
function descendants(): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  const parents = lines.map(line => line.trim().split(/\s+/).map(Number));
  const found = new Set([process.pid]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    parents.forEach(([pid = 0, parent = 0]) => found.has(parent) && found.add(pid));
  }
  return [...found].filter(pid => pid !== process.pid);
}

/** Empty for what is no file, or is gone by now. */
function contents(path: string): string {
  try {
    return lstatSync(path).isFile() ? readFileSync(path, 'latin1') : '';
  } catch {
    return ''; // a process that has ended meanwhile
  }
}

/** What can be read of processes and files, with where it was read. */
function* readable(folder: string): Generator<[string, string]> {
  for (const pid of descendants()) {
    for (const name of ['cmdline', 'environ']) {
      const path = `/proc/${pid}/${name}`;
      yield [path, contents(path)];
    }
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    yield [path, contents(path)];
  }
}

describeWith(SSH, 'what is typed at a login', bed => {
  it.skipIf(bed.password === undefined)('is found nowhere, neither then nor later', async () => {
    const typed = [
      'a wrong pass word',
      '999999',
      bed.password ?? '',
      answer(bed, '2nd factor') ?? ''
    ];
    const logged: unknown[] = [];
    const found: string[] = [];
    const look = () => {
      for (const [path, text] of readable(runtime)) {
        found.push(...typed.filter(secret => text.includes(secret)).map(() => path));
      }
    };
    const runtime = folder();
    const log = {
      info: (...said: unknown[]) => logged.push(said),
      warn: (...said: unknown[]) => logged.push(said),
      error: (...said: unknown[]) => logged.push(said)
    };
    const [wrong = '', wrongCode = '', right = '', code = ''] = typed;
    const answers = [wrong, wrongCode, right, code];
    const { host } = await login(bed, 'hep-b2', {
      world: {
        runtime,
        log,
        ask: () => {
          look(); // what was typed before this question
          return Promise.resolve(answers.shift() ?? null);
        }
      }
    });
    const ran = host.run(['sleep', '1'], options());
    look();
    await ran;
    look();
    expect(answers).toEqual([]);
    expect(found).toEqual([]);
    expect(JSON.stringify(logged)).not.toMatch(new RegExp(typed.join('|')));
    // The key to our socket was in the environment of ssh; it opens nothing any more.
    const [line = ''] = readdirSync(runtime);
    expect(readdirSync(join(runtime, line)).sort()).toEqual(['m']);
  });
});

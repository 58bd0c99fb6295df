/** SUB-12: programs in real environments, looked at by real Pythons, before anything is submitted. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { IHost } from '../../../connections/hosts/host';
import { LocalHost } from '../../../connections/hosts/local';
import { Environments, environmentProblems } from '../environment';
import type { ILookedAt } from '../environment';
import { newFolder, plan, refusals } from './planned';

const PYTHON = execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim();

let folder: string;
let host: LocalHost;
let now: number;
let environments: Environments;
beforeEach(async () => {
  folder = await newFolder("it's $(here)");
  host = new LocalHost({ env: { PATH: '/usr/bin:/bin', HOME: folder }, home: folder });
  now = 0;
  environments = new Environments(() => new Date(now));
});

function program(text: string, name = 'run.py', mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function look(
  words: readonly string[],
  more: Partial<ILookedAt['environment']> & Partial<Pick<ILookedAt, 'needed' | 'image'>> = {},
  on: IHost = host
) {
  const { needed = [], image = null, ...environment } = more;
  return environments.look('here', on, {
    environment: { home: folder, environment: {}, pythonPath: [], setup: [], ...environment },
    program: words,
    python: [PYTHON],
    ...{ needed, image }
  });
}

describe('SUB-12: the environment is looked at before', () => {
  it('finds a program and all that it imports, and runs none of it', async () => {
    const text = 'import json, os.path\nfrom mine import x\nopen("ran", "w")\n';
    const path = program(`#!/usr/bin/env python3\n${text}`);
    program('raise SystemExit("it was run")', 'mine.py');
    expect(await look([path])).toEqual({ missing: [] });
    expect(await look([PYTHON, '-u', path, 'x'])).toEqual({ missing: [] });
    expect(await look(['python3', '-m', 'json.tool'])).toEqual({ missing: [] });
    expect(() => readFileSync(join(folder, 'ran'))).toThrow('ENOENT');
  });

  it('names modules that are missing, but not those that are tried only', async () => {
    const path = program(
      '#!/usr/bin/python3\nimport coffea_xyz.processor as p, sys\nfrom higgs_xyz import a\n' +
        'try:\n    import perhaps_xyz\nexcept ImportError: pass\ndef f():\n    import later_xyz\n'
    );
    const missing = ['coffea_xyz', 'higgs_xyz'];
    expect(await look([path])).toEqual({ missing });
    expect(await look(['python3', path], { needed: ['needed_xyz', 'json'] })).toEqual({
      missing: [...missing, 'needed_xyz']
    });
    const lib = join(folder, 'lib');
    execFileSync('mkdir', [lib]);
    missing.forEach(name => program('', `lib/${name}.py`));
    expect(await look([path], { pythonPath: [lib] })).toEqual({ missing: [] });
    expect(
      await look([path], { setup: [`export PYTHONPATH='${lib.replace("'", `'\\''`)}'`] })
    ).toEqual({ missing: [] });
  });

  it('says what is not there', async () => {
    const not = program('#!/usr/bin/python3\n', 'not.py', 0o644);
    const odd = program('#!/nowhere/python3\nimport x', 'odd.py');
    expect(await look(['run_xyz.py'])).toEqual({ absent: 'run_xyz.py' });
    expect(await look(['python3', '/nowhere/run.py'])).toEqual({ absent: '/nowhere/run.py' });
    expect(await look([not])).toEqual({ absent: `${not} as a program that may be executed` });
    expect(await look([odd])).toEqual({ absent: `/nowhere/python3, which runs ${odd}` });
    expect(await look(['python3', '-m', 'none_xyz.run'])).toEqual({
      absent: 'the module none_xyz.run'
    });
    expect(await look(['/nowhere/bin/python3', 'x'])).toEqual({ absent: '/nowhere/bin/python3' });
  });

  it('says that the set-up fails, and with which line', async () => {
    const told = await look(['python3', program('')], { setup: ['true', 'activate_xyz hep'] });
    expect(told).toEqual({ setup: 'activate_xyz hep' });
  });

  it('has nothing against a program that is no Python, or runs in an image', async () => {
    expect(await look(['/bin/sh', '-c', 'true'])).toEqual({ missing: [] });
    expect(await look(['python3', '-c', 'import x'])).toEqual({ missing: [] });
    expect(await look(['/nowhere'], { image: '/cvmfs/image' })).toBeNull();
  });

  it('is unknown where nobody can tell, and asked anew then', async () => {
    const silent = [`exec echo "how do you do"`];
    expect(await look(['python3', program('')], { setup: silent })).toEqual({
      unknown: 'Python said nothing'
    });
    let asked = 0;
    const slow: IHost = Object.create(host, {
      run: {
        value: () => {
          asked += 1;
          return Promise.resolve({ end: 'timed-out', stdout: '', stderr: '' });
        }
      }
    }) as IHost; // the real time limit is twenty seconds
    expect(await look(['x'], {}, slow)).toEqual({ unknown: 'timed out' });
    await look(['x'], {}, slow);
    expect(asked).toBe(2);
  });

  it('is looked at once a minute', async () => {
    const path = join(folder, 'later.py');
    expect(await look(['python3', path])).toEqual({ absent: path });
    program('', 'later.py');
    now = 59_000;
    expect(await look(['python3', path])).toEqual({ absent: path });
    now = 61_000;
    expect(await look(['python3', path])).toEqual({ missing: [] });
  });

  it('stands in the plan: refused is only what cannot run at all', () => {
    const told = (environment: Parameters<typeof environmentProblems>[0] | null) =>
      plan({ facts: { environment } });
    expect(refusals(told({ absent: '/x/run.py' }))).toEqual([
      'The program cannot run: /x/run.py is not there.'
    ]);
    for (const [facts, words] of [
      [{ missing: ['coffea'] }, 'The program imports coffea, which its Python does not find.'],
      [{ setup: 'conda activate hep' }, 'The lines before the program fail: conda activate hep.'],
      [{ unknown: 'timed out' }, /could not be found out: timed out/]
    ] as const) {
      const { problems } = told(facts);
      expect(problems.map(({ level }) => level)).toEqual(['warning']);
      expect(problems[0]?.message).toMatch(words);
    }
    expect(told({ missing: [] }).problems).toEqual([]);
    expect(told(null).problems).toEqual([]);
  });
});

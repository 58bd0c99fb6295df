import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { thereHere } from '../../there/__tests__/here';
import type { IThereNow } from '../../there/there';
import { CountSource } from '../count';

const python = process.env['HEPBATCH_PYTHON'] ?? 'python3';
const never = new AbortController().signal;
const WRITE = `
import sys, uproot
for name, n in [("a.root", 3), ("b:c.root", 70000), ("zero.root", 0)]:
    with uproot.recreate(sys.argv[1] + "/" + name) as f:
        f.mktree("Events", {"x": "int32"})
        f["Events"].extend({"x": list(range(n))})
with uproot.recreate(sys.argv[1] + "/other.root") as f:
    f.mktree("Runs", {"x": "int32"})
    f["Runs"].extend({"x": [1]})
`;
const source = (cwd: string, more: object = {}) =>
  new CountSource({
    env: { PYTHONPATH: resolve('.'), ...process.env },
    cwd,
    timeoutMs: 3000,
    skipBadFiles: false,
    there: null,
    warn: () => undefined,
    ...more
  });

function hasUproot(): boolean {
  try {
    execFileSync(python, ['-c', 'import uproot, XRootD'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The Python that runs the helpers here is the `python3` there: it knows uproot, and nothing of hepbatch. */
const elsewhere = (): IThereNow => thereHere({ PATH: `${dirname(python)}:/usr/bin:/bin` });

it.for<[string, () => IThereNow | null]>([
  ['here', () => null],
  ['there', elsewhere]
])(
  'counts the entries of real files %s, and names those that cannot be read',
  async ([, where], { skip }) => {
    if (!hasUproot()) {
      expect(process.env['CI'], 'pip install "hepbatch[root]"').not.toBe('true');
      skip('pip install "hepbatch[root]" and name that Python by HEPBATCH_PYTHON');
    }
    const folder = await mkdtemp(join(tmpdir(), 'count-'));
    execFileSync(python, ['-c', WRITE, folder]);
    await writeFile(join(folder, 'text.root'), 'hello');
    const urls = ['a.root', join(folder, 'b:c.root'), `file://${folder}/zero.root`];
    const bad = ['other.root', 'none.root', 'text.root'];
    const there = where();
    const counting = source(folder, { there });
    const answer = await counting.events('x', [...urls, ...bad], never);
    expect(answer).toMatchObject({ state: 'known', events: [3, 70000, 0, null, null, null] });
    const why = answer.state === 'known' ? [...answer.unreadable.values()].sort() : [];
    expect(why).toEqual(['it has no tree Events', 'no such file or directory', 'not a ROOT file']);

    const lost = 'root://127.0.0.1:9//store/mc/x.root';
    const unknown = await counting.events('y', ['a.root', lost], never);
    expect(unknown).toEqual({ state: 'unknown', reason: expect.stringContaining(lost) as unknown });
    await counting.dispose();
    const skipping = source(folder, { there, skipBadFiles: true });
    expect(await skipping.events('y', ['a.root', lost], never)).toMatchObject({
      events: [3, null]
    });
    await skipping.dispose();
  }
);

it('counts what a server has from here, where the Python there cannot, and never what is on its disk', async () => {
  const warned: string[] = [];
  const counting = source('/', {
    there: thereHere({ PATH: '/no/python' }),
    warn: (text: string) => warned.push(text),
    env: { ...process.env, PYTHONPATH: resolve('.') }
  });
  const lost = 'root://127.0.0.1:9//store/mc/x.root';
  const servers = await counting.events('x', [lost], never);
  expect(servers).toMatchObject({ state: 'unknown' });
  expect(warned).toEqual([expect.stringContaining('counted from this machine')]);
  const disk = await counting.events('x', ['/a.root'], never);
  expect(disk).toMatchObject({
    reason: expect.stringContaining('python3 on this machine') as unknown
  });
  await counting.dispose();
});

it('says what to do where the Python program cannot run', async () => {
  const counting = source('/', { env: { HEPBATCH_PYTHON: '/no/python' } });
  const answer = await counting.events('x', ['a.root'], never);
  expect(answer).toMatchObject({ reason: expect.stringContaining('HEPBATCH_PYTHON') as unknown });
});

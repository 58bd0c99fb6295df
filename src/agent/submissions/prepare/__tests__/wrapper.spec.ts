/** What the script of a job does before it becomes the program, run by a real bash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EXIT } from '../../plan';
import { recorded } from './bed';
import type { IChanges } from './planned';
import { newFolder, plan, recorder, runByHand, write } from './planned';

async function written(changes: IChanges = {}) {
  const base = await newFolder();
  const request = { folder: base, program: recorder(base), ...changes.request };
  const made = plan({ backend: 'vanilla-local', ...changes, request });
  await write(made);
  return { base, made, script: made.clusters[0]?.wrapper ?? '' };
}

it('gives up with its own status where there is no such job', async () => {
  const { script, base } = await written();
  for (const args of [[], ['x'], ['-1'], ['3'], ['1; true']]) {
    expect(runByHand(script, args)).toMatchObject({ status: EXIT.noJob });
  }
  expect(runByHand(script, ['3']).stderr).toBe('hepbatch: there is no job 3 here\n');
  expect(runByHand(script, ['08']).status).toBe(EXIT.noJob);
  expect(await recorded(base)).toEqual([]);
});

it('gives up where its input or its folder is gone', async () => {
  const { script, made } = await written();
  await rm(`${made.folder}/inputs/AN-GJet-1.json`);
  expect(runByHand(script, ['1'])).toMatchObject({ status: EXIT.noJob });
  await rm(`${made.folder}/inputs`, { recursive: true });
  expect(runByHand(script, ['0'])).toMatchObject({ status: EXIT.blind });
});

it('runs by hand without a cluster, as often as a person likes, and makes no record', async () => {
  const { script, base, made } = await written();
  expect([0, 0].map(() => runByHand(script, ['0']).status)).toEqual([0, 0]);
  expect(await recorded(base)).toHaveLength(2);
  expect(await readdir(made.jobsFolder)).not.toContain('AN-GJet.cluster');
});

it('runs for the recorded cluster alone, and leaves nothing beside the record', async () => {
  const { script, base, made } = await written();
  const record = made.clusters[0]?.record ?? '';
  await writeFile(record, 'first\n');
  const second = runByHand(script, ['0'], { HEPBATCH_CLUSTER: 'second' });
  expect(second.status).toBe(EXIT.fenced);
  expect(second.stderr).toBe(
    `hepbatch: this is cluster second, but the jobs are those of cluster first (${record})\n`
  );
  expect(await recorded(base)).toEqual([]);
  expect(runByHand(script, ['0'], { HEPBATCH_CLUSTER: 'first' }).status).toBe(0);
  expect((await readdir(made.jobsFolder)).sort()).toEqual([
    'AN-Data_2022E.sh',
    'AN-GJet.cluster',
    'AN-GJet.sh'
  ]);
});

it('lets one cluster win where jobs of several begin at once', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `/data/f${i}.root`);
  const { script, base, made } = await written({ samples: { GJet: names } });
  const statuses = await Promise.all(
    names.map(async (_, i) => {
      const cluster = `c${i % 3}`;
      const env = { HEPBATCH_CLUSTER: cluster };
      const [status] = (await once(spawn(script, [String(i)], { env }), 'exit')) as [number];
      return [cluster, status] as const;
    })
  );
  const winner = (await readFile(made.clusters[0]?.record ?? '', 'utf8')).trim();
  expect(statuses.every(([c, status]) => status === (c === winner ? 0 : EXIT.fenced))).toBe(true);
  expect(await recorded(base)).toHaveLength(10);
});

it('gives up where a line of the set-up fails, whatever comes after it', async () => {
  const { script, base } = await written({
    options: { setup: ['conda_is_not_here activate hep', 'true'] }
  });
  const { status, stderr } = runByHand(script, ['0']);
  expect(status).toBe(EXIT.setup);
  expect(stderr).toContain('the set-up failed: conda_is_not_here activate hep');
  expect(await recorded(base)).toEqual([]);
});

it('hides the number of the job from the set-up, and lets it set the environment', async () => {
  const { script, base } = await written({ options: { setup: ['export FROM_SETUP="x$#"'] } });
  expect(runByHand(script, ['0'])).toEqual({ status: 0, stderr: '' });
  const [name = ''] = (await readdir(base)).filter(one => one.endsWith('.env'));
  expect((await readFile(`${base}/${name}`, 'utf8')).split('\0')).toContain('FROM_SETUP=x0');
});

it('runs run_analysis.py beside the Python unless told otherwise', async () => {
  const { script } = await written({ request: { program: null } });
  expect(await readFile(script, 'utf8')).toContain(
    '\nexec /env/bin/python /env/bin/run_analysis.py --json-analysis "$runner" '
  );
  expect(runByHand(script, ['0']).status).toBe(127);
});

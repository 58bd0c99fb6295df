import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleCli, newHome, start } from './program';

let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

async function doctor(args: string[] = [], more: Record<string, string> = {}) {
  const { home, env } = await newHome();
  const run = () =>
    start([process.execPath, program, 'doctor', ...args], { ...env, ...more }).ended;
  return { home, env, run };
}

const Report = z.strictObject({
  hepbatch: z.string(),
  at: z.iso.datetime(),
  sections: z.array(
    z.strictObject({
      title: z.string(),
      checks: z.array(
        z.strictObject({
          name: z.string(),
          state: z.enum(['ok', 'absent', 'warning', 'failed', 'unknown']),
          words: z.string()
        })
      )
    })
  )
});

it('says on one page what works, and starts nothing', async () => {
  const { run, home } = await doctor();
  const { code, out, err } = await run();
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n').length).toBeLessThan(66);
  expect(out).toMatch(/ {2}ok {4}version +1\.2\.3\n {2}ok {4}Node +v\d+/);
  expect(out).toMatch(/ {2}- {5}agent +none runs/);
  expect(out).toMatch(/ {2}ok {4}Python +3\./);
  expect(out).toMatch(/ {2}ok {4}home +\//);
  expect(out).toMatch(/ {2}ok {4}lxplus +can be used/);
  expect((await readdir(home)).sort()).toEqual([
    '.cache',
    '.local',
    expect.stringMatching('^hepbatch-')
  ]);
});

it('says it as JSON, with no secret in it', async () => {
  const secrets = {
    JUPYTER_TOKEN: 's3cret-a',
    HTTPS_PROXY: 'http://me:s3cret-b@proxy',
    MY_PASSWORD: 's3cret-c',
    X509_USER_PROXY: '/tmp/absent'
  };
  const { run } = await doctor(['--json'], secrets);
  const { code, out } = await run();
  expect(code).toBe(0);
  const report = Report.parse(JSON.parse(out));
  expect(report.sections.map(({ title }) => title)).toEqual([
    'hepbatch',
    'Python',
    'programs',
    'this machine',
    'connections'
  ]);
  expect(out).toContain('X509_USER_PROXY');
  expect(out).not.toContain('s3cret');
});

it('names what is at fault, with status 1', async () => {
  const { run, home } = await doctor([], { HEPBATCH_PYTHON: '/no/python' });
  const file = join(home, '.jupyter/hepbatch/connections/user.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{');
  const { code, out } = await run();
  expect(code).toBe(1);
  expect(out).toMatch(/ {2}FAIL {2}Python +\/no\/python gave no answer/);
  expect(out).toContain(`${file}: is not JSON`);
});

it('tells of the agent that runs', async () => {
  const { run, env } = await doctor();
  const agent = start([process.execPath, program, 'serve'], env);
  await new Promise(resolve => agent.child.stdout.once('data', resolve));
  const { out } = await run();
  expect(out).toMatch(`version 1.2.3, process ${agent.child.pid ?? 0}, since `);
  agent.child.kill();
  await agent.ended;
});

it('knows no other options', async () => {
  const { run } = await doctor(['--fix']);
  expect(await run()).toMatchObject({ code: 2, out: '' });
});

/** Clusters from the command line, spawned as users have it, and what crashes do to them. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ClustersUser } from './clusters-user';
import { daskPython } from '../../agent/__tests__/jobs-python';
import { bundleCli } from './program';

let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

/** Who is ended with the test: some tests run beside each other. */
async function newUser(finished: (end: () => Promise<void>) => void): Promise<ClustersUser> {
  const user = await ClustersUser.new(program);
  finished(() => user.end());
  return user;
}

const state = (home: string, ...path: string[]) =>
  join(home, '.local/state/hepbatch/clusters', ...path);

it('says what is wrong with what was typed', async ({ onTestFinished }) => {
  const user = await newUser(onTestFinished);
  const wrong = async (...args: string[]) => {
    const { code, err } = await user.run(...args);
    expect(code).toBe(2);
    return err;
  };
  expect(await wrong('begin')).toMatch(/"begin" is none of list, start/);
  expect(await wrong('scale', 'mine')).toMatch(/scale takes the name of a cluster and a number/);
  expect(await wrong('start', 'dask-local', '--memory', '2GBB')).toMatch(
    /--memory: "2GBB": is no size such as 4GB or 8000MB/
  );
  expect(await wrong('start', 'dask-local', '--adapt', '3')).toMatch(/"3" are no bounds such as/);
  expect(await wrong('start', 'dask-local', '--flavour', 'workday')).toMatch(
    /options\.flavour: dask-local has no such field/
  );
  expect(await wrong('start', 'vanilla-local')).toMatch(/runs plain jobs, no Dask cluster/);
  expect(await wrong('stop', 'nobody')).toMatch(/there is no cluster nobody. There are: none\./);
});

it('fails with the words of what cannot run it', async ({ onTestFinished }) => {
  const user = await newUser(onTestFinished);
  const failed = await user.run('start', 'dask-local', '--python', '/bin/false', '--name', 'mine');
  expect(failed).toMatchObject({ code: 1, out: 'mine is failed\n' });
  expect(failed.err).toMatch(/^\/bin\/false .*: it ended with status 1$/m);
  expect(failed.err).toMatch(/^Choose another environment/m);
  expect((await user.run('remove', 'mine')).code).toBe(0);
});

it('has a help that names each of its verbs', async ({ onTestFinished }) => {
  const { code, out } = await (await newUser(onTestFinished)).run('--help');
  expect(code).toBe(0);
  for (const verb of ['start', 'show', 'scale', 'adapt', 'stop', 'clean', 'remove', 'logs']) {
    expect(out).toMatch(new RegExp(`^ {2}(.*, )?${verb}\\b`, 'm'));
  }
  expect(out).toMatch(/^ +--memory SIZE +for each job or worker, such as 4GB/m);
});

// Each of them waits for processes most of the time.
describe.concurrent('a cluster', { timeout: 180_000 }, () => {
  it('starts, shows, scales, reads logs, stops and forgets', async ({ onTestFinished }) => {
    const user = await newUser(onTestFinished);
    const preview = await user.start('mine', '--dry-run');
    expect(preview).toMatchObject({ code: 0, err: '' });
    expect(preview.out).toMatch(/^name +mine\npython +\/.*distributed \d/);
    expect((await user.run()).out).toMatch(/^There is no cluster/);
    const started = await user.start('mine', '--workers', '1');
    expect(started).toMatchObject({ code: 0 });
    expect(started.out).toMatch(/^mine is running at tls:\/\/127\.0\.0\.1:\d+\n$/);
    await user.until('mine', ({ workers }) => workers?.joined === 1);
    expect((await user.run()).out).toMatch(/^mine +dask-local +running +1 worker +1 worker$/m);
    expect(await user.run('scale', 'mine', '0')).toMatchObject({
      code: 0,
      out: 'mine: 0 workers\n'
    });
    expect((await user.run('adapt', 'mine', '0:2')).out).toBe('mine: 0 to 2 workers\n');
    const logs = await user.run('logs', 'mine');
    expect(logs.out).toMatch(/^ +\d+ {2}scheduler\.log {2}scheduler\n +\d+ {2}worker-0\.log/);
    const tail = await user.run('logs', 'mine', 'scheduler.log', '--lines', '3');
    expect(tail.out.trimEnd().split('\n')).toHaveLength(3);
    expect((await user.run('logs', 'mine', '--search', 'register WORKER')).out).toMatch(
      /^scheduler\.log: .*Register worker/m
    );
    expect(await user.run('logs', 'mine', '--search', 'no such words')).toMatchObject({ code: 1 });
    expect(await user.run('stop', 'mine')).toMatchObject({ code: 0, out: 'mine is stopped\n' });
    await user.untilNothingIsLeft();
    expect((await user.run('logs', 'mine', 'scheduler.log')).out).toContain('Register worker');
    const { folder } = await user.show('mine');
    expect(await user.run('remove', 'mine')).toMatchObject({ code: 0, out: 'mine is forgotten\n' });
    expect(existsSync(folder ?? '')).toBe(false);
    expect(await readdir(state(user.home))).toEqual(['programs']);
  });

  it('goes on after Ctrl-C, which ends the waiting alone', async ({ onTestFinished }) => {
    const user = await newUser(onTestFinished);
    const size = ['--memory', '400MB', '--python', daskPython()];
    const starting = user.begin('start', 'dask-local', '--name', 'mine', ...size);
    while (!starting.said.err.includes('mine is starting')) {
      await new Promise(done => setTimeout(done, 10));
    }
    starting.child.kill('SIGINT');
    expect(await starting.ended).toMatchObject({
      code: 130,
      out: '',
      err: expect.stringContaining('The cluster goes on: see hepbatch clusters.') as string
    });
    await user.until('mine', ({ state }) => state === 'running');
    const following = user.begin('logs', 'mine', 'scheduler.log', '--follow');
    while (!following.said.out.includes('Scheduler at')) {
      await new Promise(done => setTimeout(done, 10));
    }
    following.child.kill('SIGINT');
    expect(await following.ended).toMatchObject({ code: 130, err: '' });
    const stopped = await user.run('stop', 'mine', '--json');
    expect(JSON.parse(stopped.out)).toMatchObject({ name: 'mine', state: 'stopped' });
    await user.untilNothingIsLeft();
  });

  it('survives a crash of the agent, while it runs: the next one finds it and stops it', async ({
    onTestFinished
  }) => {
    const user = await newUser(onTestFinished);
    await user.start('mine', '--workers', '1');
    const before = await user.until('mine', ({ workers }) => workers?.joined === 1);
    const pid = await user.agent();
    await user.kill(pid);
    const after = await user.show('mine');
    expect(await user.agent()).not.toBe(pid);
    expect(after).toMatchObject({ id: before.id, state: 'running', origin: 'ours' });
    expect(after.scheduler).toEqual(before.scheduler);
    expect((await user.run('stop', 'mine')).out).toBe('mine is stopped\n');
    await user.untilNothingIsLeft();
  });

  it('survives a crash of the agent, while it starts, and runs', async ({ onTestFinished }) => {
    const user = await newUser(onTestFinished);
    await user.run(); // starts an agent
    const pid = await user.agent();
    const begun = await user.start('mine', '--no-wait');
    await user.kill(pid);
    expect(begun.out).toBe('mine is starting\n');
    await user.until('mine', ({ state }) => state === 'running');
    expect((await user.run('stop', 'mine')).code).toBe(0);
    await user.untilNothingIsLeft();
  });

  it('survives a crash of the agent, while it stops, and is stopped', async ({
    onTestFinished
  }) => {
    const user = await newUser(onTestFinished);
    await user.start('mine', '--workers', '1');
    const pid = await user.agent();
    expect((await user.run('stop', 'mine', '--no-wait')).out).toBe('mine is stopping\n');
    await user.kill(pid);
    await user.until('mine', ({ state }) => state === 'stopped');
    await user.untilNothingIsLeft();
  });

  it('is lost after a crash of the supervisor, while it runs, and is cleaned up', async ({
    onTestFinished
  }) => {
    const user = await newUser(onTestFinished);
    await user.start('mine', '--workers', '1');
    const running = await user.until('mine', ({ workers }) => workers?.joined === 1);
    const pid = await user.supervisor(running);
    await user.kill(pid);
    const lost = await user.until('mine', ({ state }) => state !== 'running');
    expect(lost).toMatchObject({ state: 'lost', can: ['clean', 'logs'] });
    expect(lost.failure?.message).toContain(`its supervisor (process ${pid} on`);
    const stop = await user.run('stop', 'mine');
    expect(stop).toMatchObject({ code: 2 });
    expect(stop.err).toMatch(/mine is lost: it cannot be stopped now\. Clean up/);
    expect((await user.run('clean', 'mine')).code).toBe(0);
    expect(await user.show('mine')).toMatchObject({ state: 'stopped', can: ['remove', 'logs'] });
    await user.untilNothingIsLeft();
    expect((await readdir(lost.folder ?? '')).filter(name => name !== 'logs')).toEqual([]);
  });

  it('is lost after a crash of the supervisor and the agent, while it starts, and is cleaned up', async ({
    onTestFinished
  }) => {
    const user = await newUser(onTestFinished);
    await user.start('mine', '--no-wait');
    const record = () => user.show('mine').then(cluster => user.supervisor(cluster));
    let pid: number | null = null;
    while (pid === null) {
      pid = await record().catch(() => null); // until the record is there
    }
    await user.kill(pid);
    await user.kill(await user.agent());
    await user.until('mine', ({ state }) => state === 'lost');
    expect((await user.run('clean', 'mine')).code).toBe(0);
    await user.untilNothingIsLeft();
  });

  it('survives the loss of all records of the agent: the cluster is found by its own', async ({
    expect,
    onTestFinished
  }) => {
    const user = await newUser(onTestFinished);
    await user.start('mine');
    const { id } = await user.show('mine');
    await user.kill(await user.agent());
    await rm(state(user.home, `${id}.json`));
    await user.run();
    const found = await user.until('mine', ({ state }) => state === 'running');
    expect(found).toMatchObject({ id, origin: 'supervisor' });
    expect((await user.run('stop', 'mine')).out).toBe('mine is stopped\n');
    await user.untilNothingIsLeft();
    // A search that was under way may have found its record just before that was removed.
    await expect
      .poll(async () => (await user.run()).out, { timeout: 20_000 })
      .toMatch(/^There is no cluster/);
  });
});

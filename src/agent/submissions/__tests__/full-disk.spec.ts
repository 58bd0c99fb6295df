/** A disk that is full: under the state of a running agent, and under the folder of the submissions. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { submissions } from '../../../contract';
import type { Submission } from '../../../contract';
import { follow } from '../../__tests__/served';
import { describeWith, itIsMissing } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR } from '../../clusters/__tests__/bed';
import { makeHome, standIn, timesRun } from './bed-home';
import { SmallDisk } from './small-disk';
import { PROGRAM, requestOf, until } from './user';

const FILES = Array.from({ length: 40 }, (_, file) => `f${file}.root`);

/** Jobs of these files take long enough for a disk to be filled while they run. */
const SLOW = ['slow0.root', 'slow1.root'];
const TEXT = PROGRAM.replace('time.sleep(60)', 'time.sleep(12)');

const probe = SmallDisk.make('64k');
probe?.remove();

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

const TIMEOUT = { timeout: 240_000 };
const MORE = { HEPBATCH_GRACE_SECONDS: '2' };

describeWith(HTCONDOR, 'a full disk', ({ bin }) => {
  if (probe === null) {
    itIsMissing('root, who may mount a small disk');
    return;
  }

  function newDisk(size: string): SmallDisk {
    const disk = SmallDisk.make(size);
    if (disk === null) {
      throw new Error('no small disk could be mounted');
    }
    ends.push(() => disk.remove());
    return disk;
  }

  async function newAgent(more: Record<string, string>, path = bin): Promise<BedAgent> {
    const agent = await BedAgent.start(path, undefined, { ...MORE, ...more });
    ends.push(() => agent.end());
    await makeHome(agent, TEXT, [...FILES, ...SLOW]);
    return agent;
  }

  /** A PATH with a condor_submit that fills a disk once: before whatever it is first asked, or after it submitted. */
  async function withFilling(disk: SmallDisk, when: 'before' | 'after'): Promise<string> {
    const once = `${disk.path}.once`;
    const fill = `[ -e ${once} ] || { touch ${once}; cat /dev/zero > ${disk.filler} 2> /dev/null; }`;
    const scripts = {
      before: [fill, 'exec REAL "$@"'],
      after: [
        'case " $* " in *" -dry-run "*) exec REAL "$@" ;; esac',
        ...['REAL "$@"', 'said=$?', fill, 'exit $said']
      ]
    };
    const submit = await standIn(bin, 'condor_submit', scripts[when].join('\n'));
    ends.push(submit.remove, () => rm(once, { force: true }));
    return submit.path;
  }

  function orderOf(
    { home }: BedAgent,
    names: readonly string[],
    more: { folder?: string; directives?: Record<string, string>; connection?: string } = {}
  ) {
    const { folder = home, directives, connection = 'vanilla-htcondor' } = more;
    const samples = { A: names.map(name => `${home}/data/${name}`) };
    const isCondor = connection === 'vanilla-htcondor';
    const options = {
      memory: '100MB',
      retries: 0,
      ...(isCondor ? { disk: '10MB' } : {}),
      ...(directives === undefined ? {} : { directives })
    };
    return {
      token: randomUUID(),
      request: {
        ...requestOf(home, samples, { options }),
        ...{ connection, folder },
        clusterPerSample: !isCondor
      }
    };
  }

  /** Each file was run, and run once. */
  async function expectOnce(
    agent: BedAgent,
    done: Submission,
    names: readonly string[]
  ): Promise<void> {
    expect(done.counts).toEqual({ succeeded: names.length });
    expect(await timesRun(agent, names)).toEqual(names.map(() => '1'));
  }

  const isDone = ({ state }: Submission) => state === 'done';
  const isFull = ({ failure }: Submission) => failure?.code === 'no-space';

  it(
    'under the state: refuses an order at once, and takes the same one later',
    TIMEOUT,
    async () => {
      const disk = newDisk('256k');
      const agent = await newAgent({ XDG_STATE_HOME: disk.path });
      const order = orderOf(agent, FILES.slice(0, 2));
      disk.fill();
      await expect(agent.call(submissions.submit, order)).rejects.toMatchObject({
        code: 'no-space',
        message: expect.stringContaining(disk.path) as unknown,
        data: { next: expect.stringContaining('Free space') as unknown }
      });
      expect(await agent.call(submissions.list, undefined)).toEqual({ submissions: [] });
      disk.free();
      await agent.call(submissions.submit, order);
      await expectOnce(agent, await until(agent.call, order.token, isDone, 120), FILES.slice(0, 2));
    }
  );

  it(
    'under the journal before the intent: nothing is sent until it is freed',
    TIMEOUT,
    async () => {
      const disk = newDisk('256k');
      // The probe is what comes between the files of a submission and its journal.
      const path = await withFilling(disk, 'before');
      const agent = await newAgent({ XDG_STATE_HOME: disk.path }, path);
      const order = orderOf(agent, FILES.slice(0, 2));
      const { token } = order;
      const waits = (one: Submission) => isFull(one) && one.can.includes('resume');
      await agent.call(submissions.submit, order);
      const full = await until(agent.call, token, waits);
      expect(full.failure?.message).toContain(join(disk.path, 'hepbatch'));
      expect(full.clusters).toEqual({});
      await agent.call(submissions.resume, { token });
      expect((await until(agent.call, token, waits)).clusters).toEqual({});
      disk.free();
      await agent.call(submissions.reconcile, { token });
      const done = await until(agent.call, token, isDone, 120);
      expect(done.failure).toBeNull();
      await expectOnce(agent, done, FILES.slice(0, 2));
    }
  );

  it('under the journal before the outcome: it is found, not sent again', TIMEOUT, async () => {
    const disk = newDisk('256k');
    const path = await withFilling(disk, 'after');
    const agent = await newAgent({ XDG_STATE_HOME: disk.path }, path);
    // The answer has a warning longer than what is left of a block, so it cannot be written.
    const unused = Object.fromEntries(
      Array.from({ length: 12 }, (_, word) => [`unused_word_${word}`, 'x'.repeat(500)])
    );
    const order = orderOf(agent, FILES.slice(0, 3), { directives: unused });
    await agent.call(submissions.submit, order);
    const isOver = (one: Submission) => isFull(one) && one.state !== 'submitting';
    const full = await until(agent.call, order.token, isOver);
    expect(full).toMatchObject({
      state: 'unknown',
      can: expect.arrayContaining(['reconcile']) as unknown
    });
    expect(full.clusters.submitting).toBeGreaterThan(0); // they were on their way at once
    disk.free();
    await agent.call(submissions.reconcile, { token: order.token });
    await expectOnce(agent, await until(agent.call, order.token, isDone, 120), FILES.slice(0, 3));
  });

  it(
    'under the state while it is watched: people see the end, and it is kept later',
    TIMEOUT,
    async () => {
      const disk = newDisk('256k');
      const agent = await newAgent({ XDG_STATE_HOME: disk.path });
      const follower = await follow(agent.socket, null); // somebody looks, so the agent does
      ends.push(() => follower.leave());
      const order = orderOf(agent, SLOW);
      await agent.call(submissions.submit, order);
      await until(agent.call, order.token, ({ clusters }) => clusters.submitted === 2);
      disk.fill();
      const listed = async () => (await agent.call(submissions.list, undefined)).submissions[0];
      await vi.waitFor(async () => expect((await listed())?.state).toBe('done'), {
        timeout: 120_000,
        interval: 500
      });
      const done = await until(agent.call, order.token, isDone);
      expect(done.endedAt).toBeNull();
      disk.free();
      const kept = await until(agent.call, order.token, ({ endedAt }) => endedAt !== null);
      await expectOnce(agent, kept, SLOW);
    }
  );

  it(
    'under the folder of submissions: the plan says so, and the same order goes later',
    TIMEOUT,
    async () => {
      const disk = newDisk('1m');
      const agent = await newAgent({});
      const order = orderOf(agent, FILES.slice(0, 2), { folder: disk.path });
      disk.fill();
      await expect(agent.call(submissions.submit, order)).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(`are free in ${disk.path}`) as unknown,
        data: { next: expect.stringContaining('Make space') as unknown }
      });
      disk.free();
      await agent.call(submissions.submit, order);
      await expectOnce(agent, await until(agent.call, order.token, isDone, 120), FILES.slice(0, 2));
    }
  );

  it(
    'under the folder, after it was written: jobs are held, and run when released',
    TIMEOUT,
    async () => {
      const disk = newDisk('1m');
      const path = await withFilling(disk, 'before');
      const agent = await newAgent({}, path);
      const order = orderOf(agent, FILES.slice(0, 2), { folder: disk.path });
      await agent.call(submissions.submit, order);
      const { groups } = await until(
        agent.call,
        order.token,
        ({ counts }) => counts.held === 2,
        120
      );
      expect(groups).toMatchObject([
        {
          words: expect.stringContaining('no space left') as unknown,
          advice: expect.stringContaining('then release them') as unknown
        }
      ]);
      disk.free();
      await agent.call(submissions.release, { token: order.token, jobs: { kind: 'all' } });
      await expectOnce(agent, await until(agent.call, order.token, isDone, 120), FILES.slice(0, 2));
    }
  );

  it('under local jobs while they run: none is begun twice', TIMEOUT, async () => {
    const disk = newDisk('2m');
    const agent = await newAgent({});
    const order = orderOf(agent, FILES, { folder: disk.path, connection: 'vanilla-local' });
    await agent.call(submissions.submit, order);
    await until(agent.call, order.token, ({ counts }) => (counts.succeeded ?? 0) > 0);
    disk.fill();
    // Whatever is asked meanwhile starts a keeper where one died.
    for (let asked = 0; asked < 20; asked++) {
      await agent.call(submissions.read, { token: order.token });
      await new Promise(wake => setTimeout(wake, 250));
    }
    const full = await agent.call(submissions.read, { token: order.token });
    expect(full.counts.failed ?? 0).toBe(0);
    disk.free();
    await expectOnce(agent, await until(agent.call, order.token, isDone, 120), FILES);
  });
});

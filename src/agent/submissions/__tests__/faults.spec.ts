/**
 * Everything that may go wrong between Submit and the scheduler's answer, on purpose and at random moments.
 * Each file must run exactly once, whatever happens. HEPBATCH_FAULTS says how often each is tried.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { submissions } from '../../../contract';
import { describeWith } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR } from '../../clusters/__tests__/bed';
import { PROGRAM, requestOf, until } from './user';

const TRIES = Number(process.env['HEPBATCH_FAULTS'] ?? 1);
const FILES = ['a.root', 'b.root', 'c.root'];

/** Jobs are begun within seconds here, so nothing is at work unseen for longer. */
const MORE = { HEPBATCH_GRACE_SECONDS: '2' };

/** A condor_submit that does something to the real one's work or answer, two times of three. */
const SUBMITS = {
  'commits, and its answer is lost': 'REAL "$@" > /dev/null; kill -9 $$',
  'commits, and its answer is cut short': 'REAL "$@" | head -c 3',
  'commits, and says that it failed':
    'REAL "$@" > /dev/null; echo "ERROR: lost the line" >&2; exit 1',
  'dies before it commits': 'kill -9 $$'
} as const;

/** Runs as the bed's user: makes a home ready. */
const READY = `import os, subprocess, sys
home, text, *names = sys.argv[1:]
os.chdir(home)
for folder in ("out", "data"):
    os.mkdir(folder)
open("program.py", "w").write(text)
for name in names:
    open("data/" + name, "w").close()`;

describeWith(HTCONDOR, 'nothing is lost and nothing runs twice', ({ bin }) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faults-'));
    await chmod(folder, 0o755);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A folder with a condor_submit of that kind, before the others. */
  async function withSubmit(kind: keyof typeof SUBMITS): Promise<string> {
    const own = await mkdtemp(join(folder, 'bin-'));
    await chmod(own, 0o755);
    const real = `${bin}/condor_submit`;
    const fault = SUBMITS[kind].replaceAll('REAL', real);
    const third = `[ $(($(od -An -N1 -tu1 /dev/urandom) % 3)) = 0 ]`;
    // The probe asks what it knows without submitting.
    const script = `#!/bin/sh\ncase " $* " in *" -dry-run "*) exec ${real} "$@" ;; esac\nif ${third}; then exec ${real} "$@"; fi\n${fault}\n`;
    await writeFile(join(own, 'condor_submit'), script, { mode: 0o755 });
    return `${own}:${bin}`;
  }

  async function ready(path: string): Promise<BedAgent> {
    const agent = await BedAgent.start(path, undefined, MORE);
    await agent.say('python3', '-c', READY, agent.home, PROGRAM, ...FILES);
    return agent;
  }

  function orderOf({ home }: BedAgent) {
    const options = { memory: '100MB', disk: '10MB', retries: 0 };
    const samples = { A: FILES.map(name => `${home}/data/${name}`) };
    return {
      token: randomUUID(),
      request: {
        ...requestOf(home, samples, { options }),
        connection: 'vanilla-htcondor',
        clusterPerSample: false
      }
    };
  }

  /** Waits until all is done; refused ones are sent again, as a person would. */
  async function ends(agent: BedAgent, token: string): Promise<string[]> {
    const done = await until(
      agent.call,
      token,
      ({ state, can }) => {
        if (state === 'refused' && can.includes('resume')) {
          void agent.call(submissions.resume, { token }).catch(() => null); // it is asked again
        }
        return state === 'done';
      },
      150
    );
    expect(done.counts).toEqual({ succeeded: FILES.length });
    return Promise.all(
      FILES.map(name => agent.say('grep', '-c', 'once', `${agent.home}/out/${name}.ran`))
    );
  }

  const TIMEOUT = { timeout: TRIES * 200_000 };

  it.concurrent('while the agent is killed at any moment', TIMEOUT, async () => {
    for (let tried = 0; tried < TRIES; tried++) {
      let agent = await ready(bin);
      const order = orderOf(agent);
      const moment = randomInt(1500);
      const asked = agent.call(submissions.submit, order).then(
        () => true,
        () => false
      );
      await sleep(moment);
      await agent.kill();
      const isKnown = await asked;
      agent = await BedAgent.start(bin, agent.home, MORE);
      if (!isKnown) {
        // Nobody was told that it is wanted: the page asks once more.
        await agent.call(submissions.submit, order);
      }
      expect(await ends(agent, order.token), `killed after ${moment} ms`).toEqual(['1', '1', '1']);
      await agent.end();
    }
  });

  it.concurrent.each(Object.keys(SUBMITS) as (keyof typeof SUBMITS)[])(
    'while condor_submit %s',
    TIMEOUT,
    async kind => {
      for (let tried = 0; tried < TRIES; tried++) {
        const agent = await ready(await withSubmit(kind));
        const order = orderOf(agent);
        await agent.call(submissions.submit, order);
        expect(await ends(agent, order.token)).toEqual(['1', '1', '1']);
        await agent.end();
      }
    }
  );

  it.concurrent('while two agents of one home are at it', TIMEOUT, async () => {
    for (let tried = 0; tried < TRIES; tried++) {
      const first = await ready(bin);
      const order = orderOf(first);
      const asked = first.call(submissions.submit, order);
      await sleep(randomInt(700));
      // As on another node that shares the home: its socket lies elsewhere.
      const elsewhere = await first.say('mktemp', '-d', '/tmp/hb-XXXXXX');
      const second = await BedAgent.start(bin, first.home, { ...MORE, XDG_RUNTIME_DIR: elsewhere });
      await Promise.all([asked, second.call(submissions.submit, order)]);
      expect(await ends(second, order.token)).toEqual(['1', '1', '1']);
      expect(await ends(first, order.token)).toEqual(['1', '1', '1']);
      await second.end();
      await first.end();
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});

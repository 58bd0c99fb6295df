/**
 * Everything that may go wrong between Submit and the scheduler's answer, on purpose and at random moments.
 * Each file must run exactly once, whatever happens. HEPBATCH_FAULTS says how often each is tried,
 * HEPBATCH_FAULTS_AT_ONCE how many tries of a kind run at once, HEPBATCH_FAULTS_LOG where each try is told.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { submissions } from '../../../contract';
import { describeWith } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR, SLURM } from '../../clusters/__tests__/bed';
import { makeHome, standIn, timesRun } from './bed-home';
import { PROGRAM, requestOf, until } from './user';

const TRIES = Number(process.env['HEPBATCH_FAULTS'] ?? 1);
const AT_ONCE = Number(process.env['HEPBATCH_FAULTS_AT_ONCE'] ?? 1);
const LOG = process.env['HEPBATCH_FAULTS_LOG'];
/** Of one submission at the most, while not all of it is submitted. */
const KILLS = TRIES > 1 ? 6 : 3;
const FILES = ['a.root', 'b.root', 'c.root', 'd.root'];
const ONCE = FILES.map(() => '1');

/** Jobs are begun within seconds here, so nothing is at work unseen for longer. */
const MORE = { HEPBATCH_GRACE_SECONDS: '2' };

/** The program that submits, when it is asked something without submitting, and what a job is given. */
const SCHEDULERS = {
  'vanilla-htcondor': {
    program: 'condor_submit',
    asks: '*" -dry-run "*',
    options: { memory: '100MB', disk: '10MB', retries: 0 }
  },
  'vanilla-slurm': {
    program: 'sbatch',
    asks: '*" --version "*',
    options: { memory: '100MB', walltime: '00:05:00' }
  }
};
type Connection = keyof typeof SCHEDULERS;

/** A program that does something to the real one's work or answer, two times of three. */
const SUBMITS = {
  'commits, and its answer is lost': 'REAL "$@" > /dev/null; kill -9 $$',
  'commits, and its answer is cut short': 'REAL "$@" | head -c 3',
  'commits, and says that it failed':
    'REAL "$@" > /dev/null; echo "ERROR: lost the line" >&2; exit 1',
  'dies before it commits': 'kill -9 $$'
} as const;

describeWith(HTCONDOR, 'nothing is lost and nothing runs twice with HTCondor', ({ bin }) => {
  faultsOf('vanilla-htcondor', bin);
});

describeWith(SLURM, 'nothing is lost and nothing runs twice with Slurm', ({ variants }) => {
  const [{ bin } = { bin: '' }] = Object.values(variants);
  faultsOf('vanilla-slurm', bin);
});

/** `bin` is where the commands of the scheduler lie. */
function faultsOf(connection: Connection, bin: string): void {
  const { program, asks, options } = SCHEDULERS[connection];
  const bins: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(bins.map(remove => remove())));

  /** A PATH with a program of that kind, before the others. */
  async function withSubmit(kind: keyof typeof SUBMITS): Promise<string> {
    const third = `[ $(($(od -An -N1 -tu1 /dev/urandom) % 3)) = 0 ]`;
    const asksOnly = `case " $* " in ${asks}) exec REAL "$@" ;; esac`;
    const script = `${asksOnly}\nif ${third}; then exec REAL "$@"; fi\n${SUBMITS[kind]}`;
    const submit = await standIn(bin, program, script);
    bins.push(submit.remove);
    return submit.path;
  }

  async function ready(path: string): Promise<BedAgent> {
    const agent = await BedAgent.start(path, undefined, MORE);
    await makeHome(agent, PROGRAM, FILES);
    return agent;
  }

  function orderOf({ home }: BedAgent) {
    const samples = { A: FILES.map(name => `${home}/data/${name}`) };
    return {
      token: randomUUID(),
      request: { ...requestOf(home, samples, { options }), connection, clusterPerSample: false }
    };
  }

  /** Waits until all is done; refused ones are sent again, as a person would. Says how often each ran. */
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
      300
    );
    expect(done.counts).toEqual({ succeeded: FILES.length });
    return timesRun(agent, FILES);
  }

  /** Tries it so often as wanted; each one must have run each file once. */
  async function tries(kind: string, once: () => Promise<unknown>): Promise<void> {
    let left = TRIES;
    const lane = async () => {
      while (left-- > 0) {
        const told = await once();
        if (LOG !== undefined) {
          await appendFile(LOG, `${JSON.stringify({ connection, kind, told })}\n`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  const TIMEOUT = { timeout: TRIES * 200_000 };

  it.concurrent('while the agent is killed at any moment, again and again', TIMEOUT, async () => {
    await tries('agent killed', async () => {
      let agent = await ready(bin);
      const order = orderOf(agent);
      const moments: number[] = [];
      const seen: string[] = [];
      while (moments.length < KILLS && seen.at(-1) !== 'submitted') {
        // Where nobody was told that it is wanted the page asks once more.
        const asked = agent.call(submissions.submit, order).catch(() => null);
        const moment = randomInt(1000);
        moments.push(moment);
        await sleep(moment);
        await agent.kill();
        await asked;
        agent = await BedAgent.start(bin, agent.home, MORE);
        const { submissions: found } = await agent.call(submissions.list, undefined);
        seen.push(found[0]?.state ?? 'unheard of');
      }
      await agent.call(submissions.submit, order);
      const ran = await ends(agent, order.token);
      expect(ran, `killed after ${moments.join(', ')} ms`).toEqual(ONCE);
      await agent.end();
      return { moments, seen };
    });
  });

  it.concurrent.each(Object.keys(SUBMITS) as (keyof typeof SUBMITS)[])(
    `while ${program} %s`,
    TIMEOUT,
    async kind => {
      await tries(kind, async () => {
        const agent = await ready(await withSubmit(kind));
        const order = orderOf(agent);
        await agent.call(submissions.submit, order);
        expect(await ends(agent, order.token)).toEqual(ONCE);
        await agent.end();
      });
    }
  );

  it.concurrent('while two agents of one home are at it', TIMEOUT, async () => {
    await tries('two agents', async () => {
      const first = await ready(bin);
      const order = orderOf(first);
      const asked = first.call(submissions.submit, order);
      await sleep(randomInt(700));
      // As on another node that shares the home: its socket lies elsewhere.
      const elsewhere = await first.say('mktemp', '-d', '/tmp/hb-XXXXXX');
      const second = await BedAgent.start(bin, first.home, { ...MORE, XDG_RUNTIME_DIR: elsewhere });
      await Promise.all([asked, second.call(submissions.submit, order)]);
      expect(await ends(second, order.token)).toEqual(ONCE);
      expect(await ends(first, order.token)).toEqual(ONCE);
      await second.end();
      await first.end();
      await rm(elsewhere, { recursive: true, force: true });
    });
  });
}

/** Spooled jobs of HTCondor, from a folder on EOS to their outputs in it. */
import { randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { submissions } from '../../../contract';
import type { Submission } from '../../../contract';
import { describeWith, itIsMissing } from '../../__tests__/test-bed';
import { BedAgent, HTCONDOR } from '../../clusters/__tests__/bed';
import { makeHome } from './bed-home';
import { requestOf, until } from './user';

/** Hello on stdout, which comes back from the spool alone. */
const PROGRAM = `import sys
print("hello from", sys.argv[sys.argv.index("--json-analysis") + 1].rsplit("/")[-1])
`;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) {
    await end();
  }
});

describeWith(HTCONDOR, 'spooled jobs', ({ bin }) => {
  if (process.getuid?.() !== 0) {
    itIsMissing('root, who may make a folder that is called as one on EOS');
    return;
  }

  const TIMEOUT = { timeout: 240_000 };
  it('their outputs are fetched once, into the folder of the submission', TIMEOUT, async () => {
    const agent = await BedAgent.start(bin, undefined, { HEPBATCH_GRACE_SECONDS: '2' });
    ends.push(() => agent.end());
    await makeHome(agent, PROGRAM, ['a.root', 'b.root']);
    const folder = `/eos/user/h/hepbatch-${randomUUID().slice(0, 8)}`;
    const made = mkdirSync(folder, { recursive: true }) ?? folder; // the first of its parents that was not there
    ends.push(() => {
      rmSync(made, { recursive: true });
    });
    const [uid, gid] = (await agent.say('sh', '-c', 'id -u; id -g')).split('\n').map(Number);
    chownSync(folder, uid ?? -1, gid ?? -1);

    const { home, call } = agent;
    const samples = { A: [`${home}/data/a.root`], B: [`${home}/data/b.root`] };
    const options = { memory: '100MB', disk: '10MB', retries: 0 };
    const request = { ...requestOf(home, samples, { options }), folder };
    const order = { token: randomUUID(), request: { ...request, connection: 'vanilla-htcondor' } };
    await call(submissions.submit, order);
    const isDone = ({ state }: Submission) => state === 'done';
    const done = await until(call, order.token, isDone, 120);
    expect(done).toMatchObject({ counts: { succeeded: 2 }, can: ['fetch', 'audit', 'forget'] });
    expect(await agent.say('sh', '-c', `ls ${done.folder}/jobs`)).not.toContain('.out');

    const { outcomes, submission } = await call(submissions.fetch, { token: order.token });
    expect(outcomes.map(({ end, jobs }) => [end, jobs])).toEqual([
      ['done', 1],
      ['done', 1]
    ]);
    expect(submission.can).toEqual(['audit', 'forget']);
    expect(
      (await agent.say('sh', '-c', `cat ${done.folder}/jobs/*.out`)).split('\n').sort()
    ).toEqual(expect.arrayContaining(['hello from AN-A-0.json', 'hello from AN-B-0.json']));
  });
});

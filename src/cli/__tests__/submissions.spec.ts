/** Submissions from the command line, spawned as users have it, with real jobs of this machine. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { Submission, SubmissionJob } from '../../contract';
import { bundleCli } from './program';
import { SubmissionsUser } from './submissions-user';

const TIMEOUT = { timeout: 120_000 };

let program = '';
let user: SubmissionsUser;
beforeAll(async () => {
  program = await bundleCli();
}, 120_000);
afterEach(() => user.end(), 60_000);

async function analysis(samples: Readonly<Record<string, readonly string[]>>): Promise<void> {
  user = await SubmissionsUser.new(program);
  await user.analysis(samples);
}

const ran = async () => (await readdir(join(user.home, 'out'))).sort();
const NAMED = /^(my_\d{8}_\d{6}) ([0-9a-f-]{36}) is submitted: (.*)$/m;

it('submits, says what failed, and runs exactly that again', TIMEOUT, async () => {
  await analysis({ GJet: ['good', 'bad'], Data: ['other'] });
  const { code, out, err } = await user.submit('--watch');
  expect(code).toBe(1);
  const [, name = '', token = '', words] = NAMED.exec(out) ?? [];
  expect(words).toBe('3 jobs on vanilla-local');
  expect(out).toContain(`${name} is done: 2 succeeded, 1 failed`);
  expect(err).toMatch(/^1 job failed: OSError: file .*bad\.root is empty$/m);

  const list = await user.run('submissions');
  expect(list.out.split('\n')[1]).toMatch(
    new RegExp(`^${name} +${token.slice(0, 8)} +vanilla-local +done +2 succeeded, 1 failed$`)
  );
  const failed = await user.run('submissions', 'jobs', token.slice(0, 6), '--state', 'failed');
  expect(failed.out.split('\n')).toHaveLength(3);
  expect(failed.out).toMatch(/^AN-GJet\.1 +failed .*OSError/m);
  const all = await user.run('submissions', 'jobs', name, '--json');
  expect(z.object({ jobs: z.array(SubmissionJob) }).parse(JSON.parse(all.out)).jobs).toHaveLength(
    3
  );
  const log = await user.run('submissions', 'logs', name, 'AN-GJet.1', '--lines', '1');
  expect(log.out).toMatch(/^OSError: file .*bad\.root is empty\n$/);
  const line = await user.run('submissions', 'reproduce', name, 'AN-GJet.1');
  expect(line.out).toMatch(/\/jobs\/AN-GJet\.sh 1\n$/);

  await writeFile(join(user.home, 'bad.root'), 'mended');
  const retried = await user.run('submissions', 'retry', name);
  expect(retried.code).toBe(0);
  const [, child = ''] = / ([0-9a-f-]{36}) runs 1 job again$/m.exec(retried.out) ?? [];
  const watched = await user.run('submissions', 'watch', child.slice(0, 8));
  expect(watched).toMatchObject({ code: 0 });
  expect(watched.out).toMatch(/^my_\S+ is done: 1 succeeded\n$/);
  expect(await user.shown(child)).toMatchObject({ parent: token, counts: { succeeded: 1 } });
  expect(await ran()).toEqual(['bad.root.ran', 'good.root.ran', 'other.root.ran']);
  expect(await readFile(join(user.home, 'out', 'good.root.ran'), 'utf8')).toBe('once\n');

  expect((await user.run('submissions', 'forget', token)).out).toBe(`${name} is forgotten\n`);
  const gone = await user.run('submissions', 'show', token);
  expect(gone).toMatchObject({ code: 2 });
  expect(gone.err).toContain(`there is no submission ${token}. There are: my_`);
});

it('audits what was submitted, and submits what is missing', TIMEOUT, async () => {
  await analysis({ GJet: ['good', 'fine'] });
  const submitted = await user.submit('--json', '--watch');
  const { token, output } = Submission.parse(JSON.parse(submitted.out));
  expect(submitted.code).toBe(0);
  const options = ['--no-catalogue', '--output', join(user.home, 'missing.json')];
  const audit = await user.run('submissions', 'audit', 'last', ...options);
  expect(audit.code).toBe(1);
  // The command that is said does the same by hand.
  const [said = ''] = audit.err.split('\n');
  expect(said).toMatch(
    new RegExp(`^hepbatch audit --json \\S+ --source ${output ?? ''} --convention DAS --logs `)
  );
  const byHand = await user.run(...said.split(' ').slice(1));
  expect([byHand.code, byHand.out]).toEqual([1, audit.out]);

  const missing = join(user.home, 'missing.json');
  await writeFile(missing, JSON.stringify({ GJet: [join(user.home, 'fine.root')] }));
  const more = ['--missing', 'missing.json', '--of', token.slice(0, 8)];
  const shown = await user.run('submit', ...more, '--memory', '900MB', '--dry-run');
  expect(shown).toMatchObject({ code: 0 });
  expect(shown.out).toContain('1 input file, 1 dataset, 1 job, 1 cluster');
  const again = await user.run('submit', ...more, '--watch');
  expect(again).toMatchObject({ code: 0 });
  const [, , child = ''] = NAMED.exec(again.out) ?? [];
  expect(await user.shown(child)).toMatchObject({ parent: token, jobs: 1 });
  expect(await readFile(join(user.home, 'out', 'fine.root.ran'), 'utf8')).toBe('once\nonce\n');
});

it('goes on when a person stops to watch, and ends when it is removed', TIMEOUT, async () => {
  await analysis({ GJet: ['slow'] });
  const { out } = await user.submit();
  const [, name = ''] = NAMED.exec(out) ?? [];
  const watching = user.begin('submissions', 'watch', name);
  await expect.poll(() => watching.said.err, { timeout: 20_000 }).toContain(`${name} is submitted`);
  watching.child.kill('SIGINT');
  const { code, err } = await watching.ended;
  expect(code).toBe(130);
  expect(err).toMatch(/nobody waits any more\. It goes on: hepbatch submissions watch /);
  await user.until(name, ({ counts }) => counts.running === 1);
  const none = await user.run('submissions', 'remove', name, '--dataset', 'other');
  expect(none).toMatchObject({ code: 0, out: 'remove: 0 jobs\n' });
  const removed = await user.run('submissions', 'remove', name, '--job', 'AN-GJet.0');
  expect(removed).toMatchObject({ code: 0, out: 'remove: 1 job\n' });
  expect(await user.run('submissions', 'watch', name)).toMatchObject({
    code: 1,
    out: `${name} is done: 1 removed\n`
  });
});

it('asks a person how many jobs before it submits them', TIMEOUT, async () => {
  await analysis({ GJet: ['good', 'fine'] });
  const answer = async (key: string, ...args: string[]) => {
    const asking = user.inTerminal('submit', 'vanilla-local', ...user.ofAnalysis, ...args);
    await expect
      .poll(() => asking.said.out, { timeout: 30_000 })
      .toContain('Submit 2 jobs in 1 cluster to vanilla-local? [y/N]');
    asking.child.stdin.write(key);
    return asking.ended;
  };
  const no = await answer('n\r');
  expect(no.code).toBe(1);
  expect(no.out).toContain('Nothing was submitted.');
  expect((await user.run('submissions')).out).toMatch(/^There is no submission/);
  const yes = await answer('y\r');
  expect(yes).toMatchObject({ code: 0 });
  expect(yes.out).toMatch(/is submitted: 2 jobs on vanilla-local/);
  const unasked = user.inTerminal('submit', 'vanilla-local', ...user.ofAnalysis, '--yes');
  expect((await unasked.ended).out).not.toContain('[y/N]');
});

it('says what is wrong with what was typed, and what is refused', TIMEOUT, async () => {
  await analysis({ GJet: ['good'] });
  const wrong = async (...args: string[]) => {
    const { code, err } = await user.run('submissions', ...args);
    expect(code).toBe(2);
    return err;
  };
  expect(await wrong('begin')).toMatch(/"begin" is none of list, show.*, audit/);
  expect(await wrong('show')).toContain('show takes the name of one submission');
  expect(await wrong('show', 'nobody')).toContain(
    'there is no submission nobody. There are: none.'
  );
  expect(await wrong('hold', 'x', '--state', 'idle')).toContain('--state: idle is none of pending');
  expect(await wrong('logs', 'x', 'AN-GJet.0', '--stream', 'log')).toContain(
    '--stream: log is none of'
  );
  expect(await wrong('retry', 'x', '--memory', 'lots')).toContain('lots is no size such as 4GB');
  expect(await wrong('audit')).toContain('audit takes the name of one submission');
  const refused = await user.run(
    'submit',
    ...['vanilla-local', '--json-analysis', 'my.json', '--dump', 'out']
  );
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/^refused: The output folder out is relative/);
  const { out } = await user.run('submissions', '--help');
  for (const verb of ['retry', 'reconcile', 'audit', 'import', 'forget', 'exit status']) {
    expect(out).toContain(verb);
  }
});

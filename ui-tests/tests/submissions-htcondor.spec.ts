/** A submission to a real HTCondor of another host, from the form to a retry with more memory. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jupyterlab/galata';
import { htcondorBed, sshBed } from './bed';
import { hepbatch, home, openSidebar } from './lab';

const ssh = sshBed();
const isUp = ssh !== null && htcondorBed();
const site = join(home(), 'config', 'hepbatch', 'connections', 'batch.json');
const made: string[] = [];

test.use({ autoGoto: false });
test.describe.configure({ timeout: 180_000 });
test.skip(
  !isUp && process.env['CI'] !== 'true',
  'bring the servers up with: testbed/up htcondor ssh kerberos'
);

const SLOW = { timeout: 90_000 };

/** Runs a program as the user of the host. */
const there = (argv: string[], input = '') =>
  execFileSync(resolve('..', 'testbed', 'as-user'), argv, { cwd: '/', input, encoding: 'utf8' });

/** Needs more memory than it is given at first for one file, and says so in several lines. */
const PROGRAM = `import json, os, re, sys
value = lambda name: sys.argv[sys.argv.index(name) + 1]
samples = json.load(open(json.load(open(value("--json-analysis")))["samplejson"]))
asked = int(re.search(r"^RequestMemory = (\\d+)", open(os.environ["_CONDOR_JOB_AD"]).read(), re.M)[1])
for dataset, files in samples.items():
    for file in files:
        if "large" in file and asked < 150:
            raise MemoryError(f"histograms of {file} are too large:\\n  asked {asked} MB\\n  needed 150 MB")
        open(os.path.join(value("--dump"), os.path.basename(file)), "w").close()
`;

/** A folder on the host with a runner JSON, and a samples JSON that lacks the file which is large. */
function folder(): string {
  const root = there(['mktemp', '-d', '/tmp/hepbatch-sub-XXXXXX']).trim();
  made.push(root);
  const write = (name: string, text: string) =>
    there(['sh', '-c', 'cat > "$1"', 'sh', `${root}/${name}`], text);
  there(['mkdir', `${root}/out`]);
  ['a', 'b', 'large'].forEach(name => write(`${name}.root`, 'x'));
  write('program.py', PROGRAM);
  write('samples.json', JSON.stringify({ GJet: [`${root}/a.root`] }));
  write('runner.json', JSON.stringify({ samplejson: 'samples.json' }));
  return root;
}

test.beforeAll(() => {
  const profile = {
    ...{ id: 'batch', title: 'HTCondor there', backend: 'vanilla-htcondor' },
    host: { kind: 'ssh', destination: 'hep-a' },
    defaults: { memory: '100MB', disk: '10MB', python: '/usr/bin/python3' }
  };
  mkdirSync(join(site, '..'), { recursive: true });
  writeFileSync(site, JSON.stringify({ version: 1, profiles: [profile] }));
});

test.afterAll(() => {
  rmSync(site, { force: true });
  // A scheduler may still write the end of a log there.
  made.forEach(root => there(['rm', '-rf', root]));
});

test('jobs that HTCondor holds say why, and are retried with more memory', async ({ page }) => {
  ssh?.configure('known');
  ssh?.kdestroy();
  const root = folder();
  await page.goto();
  const sidebar = await openSidebar(page);
  await page.evaluate(() =>
    window.jupyterapp.commands.execute('hepbatch:open-connection', { id: 'batch' })
  );
  await sidebar.getByRole('button', { name: 'New submission…' }).first().click();
  const form = page.getByRole('form', { name: 'New submission' });
  await form.getByLabel('Connection', { exact: true }).selectOption('batch');
  const field = (name: string) => form.getByRole('textbox', { name, exact: true });
  await field('Runner JSON').fill(`${root}/runner.json`);
  await form.getByRole('button', { name: 'Edit it here' }).click(SLOW);
  await expect(field('Samples JSON')).toContainText(`${root}/a.root`, SLOW);
  await field('Samples JSON').click();
  await page.keyboard.press('Control+a');
  const samples = {
    GJet: ['a', 'large'].map(name => `${root}/${name}.root`),
    Data: [`${root}/b.root`]
  };
  await page.keyboard.insertText(JSON.stringify(samples));
  await field('Output folder').fill(`${root}/out`);
  await form.getByText('Advanced').click();
  await field('Program').fill(`/usr/bin/python3 ${root}/program.py`);
  await field('Folder').fill(root);
  await field('Retries').fill('0');

  await form.getByRole('button', { name: 'Preview' }).click();
  const preview = form.getByRole('region', { name: 'Preview' });
  await expect(preview).toContainText('condor_submit -terse AN-GJet.sub', SLOW);
  await form.getByRole('button', { name: 'Submit…' }).click();
  await page.getByRole('button', { name: 'Submit 3 jobs' }).click(SLOW);

  const monitor = page.locator('.jp-hepbatch-Monitor:visible');
  await expect(monitor.getByRole('img', { name: '1 held, 2 succeeded' }).first()).toBeVisible(SLOW);
  const reasons = monitor.getByRole('region', { name: 'Reasons' });
  await expect(reasons).toContainText(`1 job: MemoryError: histograms of ${root}/large.root`, SLOW);
  await reasons.getByRole('button', { name: 'Look at one' }).click();
  const job = monitor.getByRole('region', { name: 'Job', exact: true });
  await expect(job.locator('.jp-hepbatch-Exception')).toContainText('needed 150 MB', SLOW);
  await reasons.getByRole('button', { name: 'Retry these…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Retry 1 job: 1 held are released, 0 are submitted again');
  await dialog.getByLabel('Memory of each job in MB').fill('160');
  await dialog.getByRole('button', { name: 'Retry 1 job' }).click();
  await expect(monitor.getByRole('img', { name: '3 succeeded' }).first()).toBeVisible(SLOW);
  expect(
    there(['ls', `${root}/out`])
      .split('\n')
      .sort()
  ).toEqual(['', 'a.root', 'b.root', 'large.root']);
  const closed = hepbatch('connections', 'close', 'batch');
  expect(closed.status, String(closed.stderr)).toBe(0);
});

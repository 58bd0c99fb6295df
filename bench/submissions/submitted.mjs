/**
 * Measures how long 10,000 jobs in 100 clusters take from `hepbatch submit` until HTCondor has all of them,
 * beside `condor_submit` alone with the same files. Prints the table of docs/performance.md:
 *
 *   testbed/as-user env -- PYTHON=$(testbed/jobs-python) node bench/submissions/submitted.mjs [turns]
 *
 * The jobs ask for more memory than there is, so that none begins.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { User, bundleCli, sleep } from '../reliability/user.mjs';

const DATASETS = 100;
const FILES = 100;
const [turns = '3'] = process.argv.slice(2);
const { PYTHON = 'python3' } = process.env;

const program = await bundleCli();
const took = [];
const users = [];
try {
  for (let turn = 0; turn < Number(turns); turn++) {
    const user = new User(program, PYTHON);
    users.push(user);
    took.push(await once(user));
    process.kill(await user.agent());
  }
} finally {
  // At the end: ext4 takes its time to find inodes between those of many files that were just removed.
  users.forEach(user => user.end());
}
const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const alone = median(took.map(({ alone }) => alone));
const ours = median(took.map(({ ours }) => ours));
const most = Math.max(...took.map(({ memory }) => memory));
console.log(`| what | seconds (median of ${turns}) | beside condor_submit | memory of the agent |`);
console.log('|---|---:|---:|---:|');
console.log(`| \`condor_submit\` of the same ${DATASETS} files | ${alone.toFixed(1)} | 1 | |`);
console.log(
  `| \`hepbatch submit\` | ${ours.toFixed(1)} | ${(ours / alone).toFixed(2)} | ${Math.round(most)} MB |`
);
console.log(took.map(({ alone, ours }) => `${alone.toFixed(1)} ${ours.toFixed(1)}`).join('; '));

async function once(user) {
  const runner = makeAnalysis(user.home);
  await user.run('submissions', 'list'); // the agent starts with the first panel or command of a day
  const begun = performance.now();
  const words = ['submit', 'vanilla-htcondor', '--json-analysis', runner, '--yes', '--no-proxy'];
  const asked = ['--memory', '9000GB', '--dump', join(user.home, 'out'), '--folder', user.home];
  const submitted = await user.run(...words, ...asked, '--program', 'true', '--json');
  const ours = (performance.now() - begun) / 1000;
  if (submitted.code !== 0) {
    throw new Error(`${submitted.err}\n${submitted.out.slice(0, 2000)}`);
  }
  const memory = peakOf(await user.agent());
  const { folder, token } = JSON.parse(submitted.out);
  const jobsFolder = join(folder, 'jobs');
  const mine = `HepbatchSubmission == "${token}"`;
  needJobs(mine);
  execFileSync('condor_rm', ['-constraint', mine], { stdio: 'ignore' });
  const files = readdirSync(jobsFolder).filter(name => name.endsWith('.sub'));
  const start = performance.now();
  for (const file of files) {
    execFileSync('condor_submit', ['-terse', file], { cwd: jobsFolder });
  }
  const alone = (performance.now() - start) / 1000;
  needJobs(`${mine} && JobStatus != 3`);
  execFileSync('condor_rm', ['-constraint', mine], { stdio: 'ignore' });
  while (jobsOf(mine) > 0) {
    await sleep(500); // their logs are written until then
  }
  return { ours, alone, memory };
}

/** Whether the queue has each of the jobs. */
function needJobs(constraint) {
  const jobs = jobsOf(constraint);
  if (jobs !== DATASETS * FILES) {
    throw new Error(`the queue has ${jobs} jobs`);
  }
}

function jobsOf(constraint) {
  const rows = execFileSync('condor_q', ['-constraint', constraint, '-af', 'ClusterId'], {
    encoding: 'utf8',
    maxBuffer: 1e8
  });
  return rows.split('\n').filter(row => row !== '').length;
}

/** The most memory that a process had, in MB. */
function peakOf(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function makeAnalysis(home) {
  const datasets = Array.from({ length: DATASETS }, (_, i) => `Dataset_${i}`);
  const files = dataset =>
    Array.from({ length: FILES }, (_, i) => `root://eos.example//store/${dataset}/${i}.root`);
  const each = value => Object.fromEntries(datasets.map(dataset => [dataset, value]));
  const samples = Object.fromEntries(datasets.map(dataset => [dataset, files(dataset)]));
  writeFileSync(join(home, 'samples.json'), JSON.stringify(samples));
  const runner = {
    samplejson: join(home, 'samples.json'),
    workflow: 'base',
    metaconditions: 'Era2022_v1',
    year: each(['2022postEE']),
    corrections: each([]),
    systematics: each([])
  };
  writeFileSync(join(home, 'runner.json'), JSON.stringify(runner));
  return join(home, 'runner.json');
}

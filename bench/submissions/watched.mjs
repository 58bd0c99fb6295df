/**
 * Watches the jobs of a folder as the agent does, and prints what each look took and how much memory. A
 * process of its own, so that nothing else is counted: run.mjs makes the folder and starts it.
 */
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';

const [bundle, folder, clusters, jobs] = process.argv.slice(2);
const { Watch, HTCondor, LocalHost } = await import(bundle);
const signal = new AbortController().signal;

const planned = Array.from({ length: Number(clusters) }, (_, i) => ({
  name: `AN-${i}`,
  dataset: `dataset ${i}`,
  jobs: Array.from({ length: Number(jobs) }, (_, proc) => ({ proc, files: ['root://x//y.root'] })),
  log: `${folder}/jobs/AN-${i}.$(ClusterId).log`,
  output: `${folder}/jobs/AN-${i}.$(ClusterId).$(ProcId).out`,
  error: `${folder}/jobs/AN-${i}.$(ClusterId).$(ProcId).err`
}));
const known = {
  plan: { scheduler: 'htcondor', jobsFolder: `${folder}/jobs`, clusters: planned, spool: false },
  sent: planned.map(({ name, jobs: all }, i) => ({
    name,
    jobs: all.length,
    state: 'submitted',
    cluster: { schedd: null, id: String(i + 1) }
  }))
};
const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
const host = new LocalHost({ env, home: '/' });
const scheduler = new HTCondor(host);
const make = () =>
  new Watch({
    reach: () => Promise.resolve({ host, scheduler }),
    now: () => new Date(),
    changed: () => undefined,
    log: { info: () => undefined, warn: console.error, error: console.error },
    folder: join(folder, 'state')
  });

const MB = 1024 * 1024;
global.gc();
const before = process.memoryUsage().rss;
const told = [];
const measure = async (what, work) => {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const most = (process.resourceUsage().maxRSS * 1024 - before) / MB;
  global.gc();
  told.push({ what, seconds, most, kept: (process.memoryUsage().rss - before) / MB });
};

let watch = make();
const look = queue => () => watch.look(known, signal, { queue });
await measure('the first answer of the queue', async () => {
  watch.summary(known);
  const asked = watch.watched(known);
  const at = Date.now();
  watch.answered(known, asked, await scheduler.jobs(asked, signal), at);
});
await measure('all event logs, from their beginning', look('never'));
await measure('a look where nothing is new', look('never'));
await measure('counts, groups and estimate', () => watch.summary(known));
await measure('all rows, in pages of 5,000', () => {
  for (let after = 0, more = true; more;) {
    ({ revision: after, more } = watch.jobsAfter(after, 5000));
  }
});
await measure('what is kept, written', () => watch.save());
const { counts } = watch.summary(known);
await measure('another agent takes it up', async () => {
  watch = make();
  await watch.look(known, signal, { queue: 'never' });
});
const same = JSON.stringify(watch.summary(known).counts) === JSON.stringify(counts);
process.stdout.write(JSON.stringify({ told, counts, same }));

/**
 * Measures how long 100,000 jobs take to be watched, and how much memory, beside `grep` on the same event
 * logs. Prints the table of docs/performance.md; with --write puts it there.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, type } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/performance.md');
const MARKS = ['<!-- bench/submissions begin -->', '<!-- bench/submissions end -->'];
const GOLDEN = join(ROOT, 'testbed/golden/htcondor-23.9.6');
const CLUSTERS = 100;
const BUDGET_MB = 150;

const { values: options } = parseArgs({
  options: { jobs: { type: 'string', default: '1000' }, write: { type: 'boolean', default: false } }
});
const JOBS = Number(options.jobs);

const folder = mkdtempSync(join(tmpdir(), 'bench-submissions-'));
try {
  makeJobs();
  const bundle = await bundleWatch();
  const start = performance.now();
  execFileSync('sh', ['-c', `grep -c '^005 ' "$0"/jobs/*.log`, folder]);
  const grep = (performance.now() - start) / 1000;
  const watched = execFileSync(
    process.execPath,
    [
      '--expose-gc',
      '--optimize-for-size',
      join(import.meta.dirname, 'watched.mjs'),
      bundle,
      folder,
      CLUSTERS,
      JOBS
    ],
    { encoding: 'utf8', maxBuffer: 1e9 }
  );
  const { told, counts, same } = JSON.parse(watched);
  if (!same || counts.succeeded !== CLUSTERS * JOBS) {
    throw new Error(`not what was written: ${JSON.stringify(counts)}`);
  }
  print(told, grep);
  const most = Math.max(...told.map(step => step.most));
  if (most > BUDGET_MB) {
    console.error(`${Math.round(most)} MB are more than the budget of ${BUDGET_MB} MB`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Event logs as HTCondor wrote them for one job, many times, and a queue that tells of all of them. */
function makeJobs() {
  const life = readFileSync(join(GOLDEN, 'event-log-succeeded.stdout'), 'utf8');
  const [, id] = /^000 \((\d+)\./.exec(life);
  const [ad] = JSON.parse(readFileSync(join(GOLDEN, 'q-idle.stdout'), 'utf8'));
  for (const name of ['jobs', 'bin', 'state']) {
    mkdirSync(join(folder, name));
  }
  const ads = [];
  for (let cluster = 1; cluster <= CLUSTERS; cluster++) {
    const lives = [];
    for (let proc = 0; proc < JOBS; proc++) {
      lives.push(life.replaceAll(`(${id}.000.`, `(${cluster}.${String(proc).padStart(3, '0')}.`));
      ads.push(JSON.stringify({ ...ad, ClusterId: cluster, ProcId: proc, JobStatus: 1 }, null, 2));
    }
    writeFileSync(join(folder, 'jobs', `AN-${cluster - 1}.${cluster}.log`), lives.join(''));
  }
  writeFileSync(join(folder, 'queue.json'), `[\n${ads.join('\n,\n')}\n]\n`);
  const program = `#!/bin/sh\nexec cat '${folder}/queue.json'\n`;
  writeFileSync(join(folder, 'bin', 'condor_q'), program);
  chmodSync(join(folder, 'bin', 'condor_q'), 0o755);
}

async function bundleWatch() {
  const outfile = join(folder, 'watch.mjs');
  const from = path => JSON.stringify(join(ROOT, 'src/agent', path));
  await build({
    stdin: {
      contents: [
        `export { Watch } from ${from('submissions/watch/watch')};`,
        `export { HTCondor } from ${from('submissions/schedulers/htcondor/htcondor')};`,
        `export { LocalHost } from ${from('connections/hosts/local')};`
      ].join('\n'),
      resolveDir: ROOT
    },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, external: ['*.node'] },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    }
  });
  return outfile;
}

function print(told, grep) {
  const number = value => value.toFixed(value < 10 ? 2 : 0);
  const rows = [
    ["`grep -c '^005 '` on the event logs", number(grep), '', ''],
    ...told.map(({ what, seconds, most, kept }) => [
      what,
      number(seconds),
      `${Math.round(most)} MB`,
      `${Math.round(kept)} MB`
    ])
  ];
  const head = ['step', 'seconds', 'most memory so far', 'after it'];
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map(row => row[i].length)));
  const line = cells =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const text = [
    `${(CLUSTERS * JOBS).toLocaleString('en')} jobs in ${CLUSTERS} clusters, budget ${BUDGET_MB} MB, ${cpus().length} cores, ${type()} ${release()}:`,
    '',
    ...[line(head), rule, ...rows.map(line)]
  ].join('\n');
  console.log(text);
  if (options.write) {
    const page = readFileSync(PAGE, 'utf8');
    const [from, to] = MARKS.map(mark => page.indexOf(mark));
    writeFileSync(PAGE, `${page.slice(0, from + MARKS[0].length)}\n\n${text}\n\n${page.slice(to)}`);
  }
}

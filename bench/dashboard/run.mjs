/**
 * Measures a page of a Dask dashboard until its first plot was updated, and small requests: direct,
 * through hepbatch, and through dask-labextension. All of it in one run, taking turns:
 *
 *   node bench/dashboard/run.mjs FOLDER [--turns 15] [--write]
 *
 * dask-labextension is installed below FOLDER, once. `make build` comes first, and ui-tests has to
 * have its packages (`cd ui-tests && npm ci`). Prints the table of docs/performance.md; with --write
 * puts it there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { labextension, Stage } from './stage.mjs';

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const MARKS = ['<!-- bench/dashboard begin -->', '<!-- bench/dashboard end -->'];
const WORDS = { direct: 'direct', hepbatch: 'hepbatch', labextension: 'dask-labextension' };
const BUDGET = 1.15;
/** A plot that is told new numbers ten times a second. */
const PLOT = 'individual-workers-memory';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    turns: { type: 'string', default: '15' },
    requests: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false }
  }
});
const [TURNS, REQUESTS] = [options.turns, options.requests].map(Number);
const [FOLDER] = positionals;

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs in the page: keeps when the first news of the server were drawn. */
function watch() {
  const { requestAnimationFrame } = globalThis;
  const look = () => {
    const drawn = globalThis.Bokeh?.documents?.[0];
    if (drawn === undefined) {
      requestAnimationFrame(look);
      return;
    }
    const apply = drawn.apply_json_patch.bind(drawn);
    drawn.apply_json_patch = (...news) => {
      apply(...news);
      requestAnimationFrame(() => (globalThis.firstUpdate ??= performance.now()));
    };
  };
  look();
}

/** Milliseconds from the wish for a page to its first update, in a new browser and once more. */
async function load(browser, stage, road) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    // A user of Jupyter is logged in.
    await page.goto(`${stage.jupyter}api/status?token=${stage.token}`);
    await page.addInitScript(watch);
    const times = [];
    while (times.length < 2) {
      const began = performance.now();
      const address = await road();
      const granted = performance.now() - began;
      await page.goto(address + PLOT, { waitUntil: 'commit' });
      const shown = await page.waitForFunction(() => globalThis.firstUpdate, null, {
        polling: 50,
        timeout: 60_000
      });
      times.push(granted + (await shown.jsonValue()));
    }
    return times;
  } finally {
    await context.close();
  }
}

/** Milliseconds of a small request on a connection that is open. */
async function latency(stage, road) {
  const address = await road();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { Authorization: `token ${stage.token}` };
  const ask = () =>
    new Promise((done, fail) => {
      const began = performance.now();
      get(`${address}health`, { agent, headers }, answer => {
        answer.resume();
        answer.on('end', () =>
          answer.statusCode === 200
            ? done(performance.now() - began)
            : fail(new Error(`${address}health: ${answer.statusCode}`))
        );
      }).on('error', fail);
    });
  const times = [];
  for (let i = 0; i < REQUESTS; i++) {
    times.push(await ask());
  }
  agent.destroy();
  return median(times);
}

async function measure(stage) {
  const { chromium } = createRequire(resolve('ui-tests/package.json'))('@playwright/test');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking'
    ]
  });
  const found = Object.keys(stage.roads).map(name => ({ name, first: [], again: [], request: [] }));
  try {
    for (let turn = 0; turn <= TURNS; turn++) {
      for (const one of found) {
        const road = stage.roads[one.name];
        const [first, again] = await load(browser, stage, road);
        const request = await latency(stage, road);
        console.error(
          `${turn}: ${first.toFixed(0)}, ${again.toFixed(0)} ms; ${request.toFixed(2)} ms  ${one.name}`
        );
        if (turn > 0) {
          // The first turn warms up.
          one.first.push(first);
          one.again.push(again);
          one.request.push(request);
        }
      }
    }
  } finally {
    await browser.close();
  }
  return found.map(({ name, ...all }) => ({
    name,
    ...Object.fromEntries(Object.entries(all).map(([key, times]) => [key, median(times)]))
  }));
}

function table(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map(row => row[i].length)));
  const line = row =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function report(found, words) {
  const [direct] = found;
  const ratio = (one, key) => (one[key] / direct[key]).toFixed(2);
  const rows = found.map(one => [
    ...[WORDS[one.name], one.first.toFixed(0), ratio(one, 'first')],
    ...[one.again.toFixed(0), ratio(one, 'again')],
    ...[one.name === 'hepbatch' ? String(BUDGET) : '', one.request.toFixed(2)]
  ]);
  const head = [
    'the way',
    'first page, ms',
    'of direct',
    'next page, ms',
    'of direct',
    'budget',
    'request, ms'
  ];
  return (
    `\`${PLOT}\` until its first update is drawn, and ${REQUESTS} requests of \`/health\`, median of ` +
    `${TURNS} turns, ${words}, ${cpus().length} cores, ${type()} ${release()}:\n\n${table(head, rows)}`
  );
}

if (FOLDER === undefined) {
  throw new Error(
    'say where dask-labextension may be installed: node bench/dashboard/run.mjs FOLDER'
  );
}
const { python, words } = labextension(resolve(FOLDER));
const stage = await Stage.open(python);
try {
  const text = report(await measure(stage), words);
  console.log(text);
  if (options.write) {
    const page = readFileSync(PAGE, 'utf8');
    const [begin, end] = MARKS.map(mark => page.indexOf(mark));
    writeFileSync(
      PAGE,
      `${page.slice(0, begin + MARKS[0].length)}\n\n${text}\n\n${page.slice(end)}`
    );
  }
} finally {
  await stage.end();
}

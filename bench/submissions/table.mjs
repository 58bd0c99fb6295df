/**
 * Measures the table of jobs in Chromium with 100,000 of them: times between frames while it is scrolled,
 * beside those of a page with nothing but a high box, in turns, and how long searching, sorting and
 * selecting take until it is drawn.
 *
 *   node bench/submissions/table.mjs [--jobs 100000] [--turns 5] [--write]
 *
 * `make build` comes first, and ui-tests has to have its packages (`cd ui-tests && npm ci`). Prints the
 * tables of docs/performance.md; with --write puts them there.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, type } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const PAGE = resolve(import.meta.dirname, '../../docs/performance.md');
const STYLE = resolve(import.meta.dirname, '../../style');
const MARKS = ['<!-- bench/submissions/table begin -->', '<!-- bench/submissions/table end -->'];
const FRAMES = 240;

const { values: options } = parseArgs({
  options: {
    jobs: { type: 'string', default: '100000' },
    turns: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false }
  }
});
const [JOBS, TURNS] = [options.jobs, options.turns].map(Number);

async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'table-page.mjs')],
    ...{ bundle: true, write: false, format: 'iife', minify: true, target: 'chrome120' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'text', '.css': 'empty' },
    alias: { path: 'path-browserify', url: 'url' },
    logLevel: 'error'
  });
  return outputFiles[0].text;
}

/** The look of the table is ours; the colours are those of the light theme. */
function html() {
  const css = readdirSync(STYLE)
    .filter(name => name.endsWith('.css') && name !== 'index.css')
    .map(name => readFileSync(join(STYLE, name), 'utf8'));
  const theme = `:root { --jp-layout-color1: #fff; --jp-border-color2: #ddd; --jp-border-width: 1px;
    --jp-ui-font-size1: 13px; --jp-ui-font-color1: #000; }
    body { margin: 0; font: 13px sans-serif } #root { height: 800px; overflow: auto }`;
  return `<!doctype html><style>${css.join('\n')}\n${theme}</style><div id="root" class="jp-hepbatch"></div>`;
}

/** Runs in the page. Scrolls as a fast wheel does, then through all of it as a dragged bar does. */
async function scroll(count) {
  const { bench, shown, document } = globalThis;
  const node = shown?.scroller ?? document.querySelector('#box');
  const wheel = await bench.frames(count, () => (node.scrollTop += 120));
  const most = node.scrollHeight - node.clientHeight;
  const drag = await bench.frames(count, part => (node.scrollTop = most * part));
  return { wheel, drag };
}

/** Runs in the page. */
async function work(count) {
  const { bench, shown } = globalThis;
  const { model, tell } = shown;
  const search = await bench.acts(
    ['7', '77', '77 c', '77 cannot', 'b7g1', 'nothing like that', ''].map(
      text => () => model.search(text)
    )
  );
  const states = await bench.acts(
    ['failed', 'held', 'failed', 'held'].map(state => () => model.toggleState(state))
  );
  const sort = await bench.acts(
    ['wall', 'wall', 'memory', 'node', 'dataset', 'state', 'job'].map(key => () => model.sort(key))
  );
  const select = await bench.acts(
    [1, 2, 3].flatMap(() => [() => model.selectAll(), () => model.selectNone()])
  );
  const told = await bench.acts([1, 2, 3, 4, 5].map(() => tell));
  model.sort('node');
  const sorted = await bench.acts([1, 2, 3, 4, 5].map(() => tell));
  model.selectAll();
  const selected = await bench.frames(count, () => (shown.scroller.scrollTop += 120));
  return { search, states, sort, select, told, sorted, selected };
}

const all = {};
const add = (name, times) => (all[name] = [...(all[name] ?? []), ...times]);
const require = createRequire(resolve(import.meta.dirname, '../../ui-tests/package.json'));
const { chromium } = require('@playwright/test');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
});
try {
  const script = await bundle();
  for (let turn = 0; turn <= TURNS; turn += 1) {
    // The first turn warms up, and is not counted.
    const keep = turn === 0 ? () => undefined : add;
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.setContent(html());
    await page.addScriptTag({ content: script });
    await page.evaluate(high => {
      globalThis.document.querySelector('#root').innerHTML =
        `<div id="box" style="height: 500px; overflow: auto"><div style="height: ${high}px"></div></div>`;
    }, JOBS * 26);
    const empty = await page.evaluate(scroll, FRAMES);
    keep('empty wheel', empty.wheel);
    keep('empty drag', empty.drag);
    await page.evaluate(async count => {
      globalThis.document.querySelector('#root').innerHTML = '';
      globalThis.shown = await globalThis.bench.show(count);
    }, JOBS);
    keep('read', [await page.evaluate(() => globalThis.shown.read)]);
    const full = await page.evaluate(scroll, FRAMES);
    keep('jobs wheel', full.wheel);
    keep('jobs drag', full.drag);
    for (const [name, times] of Object.entries(await page.evaluate(work, FRAMES))) {
      keep(name, times);
    }
    await page.close();
  }
} finally {
  await browser.close();
}

const at = (values, part) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const ms = value => value.toFixed(1);
const late = values =>
  `${((100 * values.filter(one => one > 20).length) / values.length).toFixed(1)} %`;
const row = (words, name) => {
  const values = all[name];
  return `| ${words} | ${ms(at(values, 0.5))} | ${ms(at(values, 0.95))} | ${ms(Math.max(...values))} | ${late(values)} |`;
};
const act = (words, name) =>
  `| ${words} | ${ms(at(all[name], 0.5))} | ${ms(at(all[name], 0.95))} | ${ms(Math.max(...all[name]))} |`;
const table = [
  `${JOBS.toLocaleString('en')} jobs, ${TURNS} turns, ${cpus().length} cores, ${type()} ${release()}, Chromium without a graphics card:`,
  '',
  '| scrolling, ms between frames | median | 95 % | longest | above 20 ms |',
  '| --- | --: | --: | --: | --: |',
  row('an empty page, by the wheel', 'empty wheel'),
  row('the table, by the wheel', 'jobs wheel'),
  row('the table, all selected', 'selected'),
  row('an empty page, through all of it', 'empty drag'),
  row('the table, through all of it', 'jobs drag'),
  '',
  '| ms until it is drawn | median | 95 % | longest |',
  '| --- | --: | --: | --: |',
  act('all jobs read', 'read'),
  act('a word searched', 'search'),
  act('a state shown or not', 'states'),
  act('sorted by a column', 'sort'),
  act('all selected, none selected', 'select'),
  act('500 jobs changed', 'told'),
  act('500 jobs changed, sorted by node', 'sorted')
].join('\n');
process.stdout.write(`${table}\n`);
if (options.write) {
  const text = readFileSync(PAGE, 'utf8');
  const [before, rest] = text.split(MARKS[0]);
  const after = rest.split(MARKS[1])[1];
  const { format, resolveConfig } = await import('prettier');
  const whole = `${before}${MARKS[0]}\n\n${table}\n\n${MARKS[1]}${after}`;
  const config = await resolveConfig(PAGE);
  writeFileSync(PAGE, await format(whole, { ...config, filepath: PAGE }));
}

/**
 * Runs in Chromium: the real monitor of a submission, its list model and its table, with many jobs. What
 * the agent would answer is made here; answers are checked by the contract as always.
 */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { submissions } from '../../lib/contract/index.js';
import { SubmissionsModel } from '../../lib/lab/submissions/model.js';
import { MonitorModel } from '../../lib/lab/submissions/monitor-model.js';
import { Monitor } from '../../lib/lab/submissions/monitor.js';

const { document, performance, requestAnimationFrame } = globalThis;
const TOKEN = '3f0c1a52-6a0e-4d3c-9a54-0d1b2c3d4e5f';
const SAMPLES = 50;
const STATES = ['succeeded', 'succeeded', 'running', 'pending', 'failed', 'held'];

/** Every job has another node, time and memory; the reasons are some. */
function jobsOf(count) {
  const each = count / SAMPLES;
  return Array.from({ length: count }, (_, i) => {
    const sample = Math.floor(i / each);
    const state = STATES[(i * 7) % STATES.length];
    const isBad = state === 'failed' || state === 'held';
    return {
      ...{ cluster: `AN-Sample_${sample}`, proc: i % each, dataset: `Sample_${sample}` },
      ...{ state, native: state, exitCode: state === 'failed' ? 1 : null, starts: 1 },
      reason: isBad ? `OSError: file ${i % 100} cannot be read (exit status 1)` : null,
      ...{ wallSeconds: (i * 7919) % 30_000, memoryMb: (i * 104_729) % 4000 },
      ...{ requestedMemoryMb: 4000, node: `b7g${(i * 31) % 2000}.cern.ch`, since: 1.7e9 + i }
    };
  });
}

function cardOf(jobs, revision) {
  const count = some => {
    const counts = {};
    some.forEach(({ state }) => (counts[state] = (counts[state] ?? 0) + 1));
    return counts;
  };
  const each = jobs.length / SAMPLES;
  const datasets = Array.from({ length: SAMPLES }, (_, i) => ({
    ...{ dataset: `Sample_${i}`, jobs: each, files: each, alike: null },
    counts: count(jobs.slice(i * each, (i + 1) * each))
  }));
  return {
    ...{ token: TOKEN, parent: null, origin: 'hepbatch', connection: 'x', state: 'submitted' },
    ...{ backend: 'vanilla-htcondor', analysis: 'an', folder: '/f/an_20260522_175343' },
    ...{ output: '/o', schedd: null, can: ['hold', 'release', 'remove', 'retry', 'audit'] },
    ...{ written: { done: 1, total: 1 }, clusters: { submitted: SAMPLES }, jobs: jobs.length },
    ...{ counts: count(jobs), datasets, groups: [], warnings: [], failure: null, blind: null },
    ...{ revision, createdAt: '2026-05-22T17:53:43Z', submittedAt: null, seenAt: null },
    ...{ endsAt: null, endedAt: null }
  };
}

/** Draws it, and resolves when all jobs are there: with the milliseconds that took, and what to act on. */
async function show(count) {
  const jobs = jobsOf(count);
  let changed = [];
  let revision = count;
  let card = cardOf(jobs, revision);
  const call = (endpoint, body) => {
    if (endpoint.path === submissions.list.path) {
      return Promise.resolve(endpoint.reply.parse({ submissions: [card] }));
    }
    const page = body.after < count ? jobs.slice(body.after, body.after + body.most) : changed;
    const next = body.after < count ? body.after + page.length : revision;
    const answer = { jobs: page, revision: next, more: next < revision };
    return Promise.resolve(endpoint.reply.parse(answer));
  };
  const events = new Signal({});
  const list = new SubmissionsModel(call, events);
  await list.refresh();
  const model = new MonitorModel(call, TOKEN, list);
  const nothing = () => undefined;
  const actions = { act: nothing, run: nothing, open: nothing, copy: nothing, terminal: null };
  const trans = nullTranslator.load('hepbatch');
  const began = performance.now();
  const root = document.querySelector('#root');
  createRoot(root).render(
    createElement(Monitor, { model, limits: { seconds: null, memoryMb: null }, actions, trans })
  );
  while (model.jobs.length < count) {
    await frame();
  }
  const read = performance.now() - began;
  /** An event of the agent: some jobs run now. */
  const tell = () => {
    const from = (revision * 13) % (count - 1000);
    changed = jobs.slice(from, from + 500).map(job => ({ ...job, wallSeconds: revision }));
    revision += 1;
    card = { ...card, revision };
    events.emit({ topic: 'submission', submission: card });
  };
  let scroller = null;
  while ((scroller = document.querySelector('[role=grid][aria-label=Jobs]')) === null) {
    await frame();
  }
  return { read, model, tell, scroller };
}

const frame = () => new Promise(requestAnimationFrame);

/** Milliseconds between frames while `step` is done in each of them. */
async function frames(count, step) {
  await frame();
  const times = [];
  let last = await frame();
  for (let i = 0; i < count; i += 1) {
    step(i / count);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}

/** Milliseconds from each act to the frame after what it drew. */
async function acts(all) {
  const times = [];
  for (const act of all) {
    await frame();
    const began = performance.now();
    act();
    await frame();
    await frame();
    times.push(performance.now() - began);
  }
  return times;
}

globalThis.bench = { show, frames, acts };

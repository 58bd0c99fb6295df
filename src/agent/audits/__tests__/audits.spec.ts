/** The audits of an agent, as its clients see them: routes, events, records. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  audits,
  Failure,
  HepbatchError,
  type Audit,
  type EventBody,
  type IEndpoint
} from '../../../contract';
import { EventHub } from '../../events';
import type { ILog } from '../../log';
import { answerError } from '../../route';
import { Audits } from '../audits';
import { InlinePool, type IPool } from '../pool';
import { routeAudits } from '../routes';
import { AuditStore } from '../store';
import { thisMachine } from '../there/__tests__/here';
import { Tree } from './tree';

const quiet: ILog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** An agent's audits in a state folder; asked through the real routes. */
async function open(
  state = mkdtempSync(join(tmpdir(), 'hepbatch-state-')),
  openPool = (): IPool => new InlinePool(),
  on: string | null = null
) {
  const events = new EventHub();
  const heard: EventBody[] = [];
  events.subscribe(null, event => {
    heard.push(event);
    return true;
  });
  const store = new AuditStore(state, quiet);
  const env = { PATH: '/nowhere' };
  const service = await Audits.open({
    env,
    cacheFolder: join(state, 'cache'),
    store,
    events,
    log: quiet,
    openPool,
    openHost: id =>
      id === 'there'
        ? Promise.resolve({ key: id, host: thisMachine() })
        : Promise.reject(new HepbatchError('unreachable', `${id} is closed`, { next: 'Open it.' }))
  });
  const app = new Hono();
  app.onError(answerError(quiet));
  routeAudits(app, service);
  async function ask<B extends z.ZodType, R extends z.ZodType>(
    { method, path, reply }: IEndpoint<B, R>,
    body: z.input<B>
  ): Promise<z.output<R>> {
    const init = method === 'GET' ? {} : { method, body: JSON.stringify(body) };
    const said: unknown = await (await app.request(path, init)).json();
    const failure = Failure.safeParse(said);
    if (failure.success) {
      throw new HepbatchError(failure.data.code, failure.data.message, failure.data.data);
    }
    return reply.parse(said);
  }
  async function run(
    tree: Tree,
    more: Partial<z.input<typeof audits.start.body>> = {}
  ): Promise<Audit> {
    tree.save();
    const { samplesJson, source, eventsJson } = tree;
    const base = {
      on,
      inputsOn: on === null ? 'here' : 'there',
      samplesJson,
      source,
      convention: 'DAS',
      expected: 'events',
      events: eventsJson
    } as const;
    const { id } = await ask(audits.start, { ...base, ...more });
    for (;;) {
      const audit = await ask(audits.read, { id });
      if (audit.state !== 'running') {
        return audit;
      }
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
  return { state, heard, service, ask, run };
}

function analysis(): Tree {
  const tree = new Tree();
  for (const stem of ['a', 'b', 'c']) {
    tree.input('GJet', stem, 100);
  }
  tree.chunk('GJet/nominal/a_Events_0-100.parquet');
  tree.chunk('GJet/nominal/b_Events_0-50.parquet');
  tree.file('GJet/nominal/merged.parquet', 'x');
  tree.input('Data', 'd', 10);
  return tree;
}

describe.each([
  ['on this machine', null],
  ['on another host', 'there']
])('an audit %s', (_, on) => {
  const openThere = () => open(undefined, undefined, on);

  it('answers from names first, says so, and then from chunks', async () => {
    const { heard, run } = await openThere();
    const tree = analysis();
    tree.cut('GJet/nominal/a_Events_0-100.parquet', 30);
    const audit = await run(tree);
    expect(audit).toMatchObject({ state: 'done', checked: 'chunks', failure: null });
    expect(audit.summary).toMatchObject({ datasets: 2, resubmit: 4, stale: 2, foreign: 1 });
    expect(audit.summary?.files.truncated).toBe(1);
    const told = heard.flatMap(event => (event.topic === 'audit' ? [event.audit] : []));
    const names = told.find(({ checked }) => checked === 'names');
    expect(names).toMatchObject({ state: 'running' });
    expect(names?.summary?.files).toMatchObject({ truncated: 0, complete: 1 });
    expect(names?.notes.join()).toContain('truncated chunks were not looked for');
    expect(audit.notes.join()).not.toContain('truncated chunks were not looked for');
  });

  it('shows datasets, pages of files, chunks of a file, and what is stale and foreign', async () => {
    const { ask, run } = await openThere();
    const { id } = await run(analysis());
    const { datasets } = await ask(audits.datasets, { id });
    expect(datasets.map(({ dataset, resubmit }) => [dataset, resubmit])).toEqual([
      ['GJet', 2],
      ['Data', 1]
    ]);
    const page = await ask(audits.files, { id, limit: 2, offset: 1 });
    expect(page.total).toBe(4);
    expect(page.rows.map(row => [row.id, row.status])).toEqual([
      ['b', 'partial'],
      ['c', 'missing']
    ]);
    const byText = await ask(audits.files, { id, limit: 9, text: 'DATA/' });
    expect(byText.rows.map(row => row.dataset)).toEqual(['Data']);
    const sorted = await ask(audits.files, { id, limit: 9, sort: 'found', descending: true });
    expect(sorted.rows.map(row => row.found)).toEqual([100, 50, 0, 0]);
    const some = await ask(audits.files, {
      id,
      limit: 9,
      statuses: ['missing'],
      datasets: ['GJet']
    });
    expect(some.rows.map(row => row.id)).toEqual(['c']);
    const file = page.rows[0]?.file ?? '';
    const chunks = await ask(audits.chunks, { id, dataset: 'GJet', file });
    expect(chunks).toMatchObject([{ variation: 'nominal', start: 0, stop: 50, valid: true }]);
    const names = (kind: 'stale' | 'foreign') => ask(audits.names, { id, kind, limit: 10 });
    expect((await names('stale')).rows).toEqual(['GJet/nominal/b_Events_0-50.parquet']);
    expect((await names('foreign')).rows).toEqual(['GJet/nominal/merged.parquet']);
    const rows = await ask(audits.rows, { id, dataset: 'GJet' });
    expect(rows).toMatchObject({ chunks: 2, rows: 6, withSumGenw: 2, empty: 0, unreadable: [] });
  });

  it('exports the resubmission JSON, and replaces a file only when told to', async () => {
    const { ask, run } = await openThere();
    const pathOn = on === null ? 'here' : 'there';
    const tree = analysis();
    const { id } = await run(tree);
    const { text, files } = await ask(audits.export, { id });
    const [, b, c] = tree.samples['GJet'] ?? [];
    expect(JSON.parse(text)).toEqual({ GJet: [b, c], Data: tree.samples['Data'] });
    expect(files).toBe(3);
    const some = await ask(audits.export, { id, datasets: ['Data'], path: 'missing.json', pathOn });
    expect(some.savedAs).toBe(join(tree.root, 'missing.json'));
    expect(JSON.parse(readFileSync(join(tree.root, 'missing.json'), 'utf8'))).toEqual({
      Data: tree.samples['Data']
    });
    await expect(ask(audits.export, { id, path: 'missing.json', pathOn })).rejects.toMatchObject({
      code: 'conflict'
    });
    await ask(audits.export, { id, path: 'missing.json', pathOn, overwrite: true });
    expect(readFileSync(join(tree.root, 'missing.json'), 'utf8')).toBe(text);
    const over = { id, path: 'samples.json', overwrite: true };
    await expect(ask(audits.export, over)).rejects.toMatchObject({ code: 'conflict' });
    expect(JSON.parse(readFileSync(tree.samplesJson, 'utf8'))).toHaveProperty('GJet');
  });

  it('tells what changed since the one before', async () => {
    const { ask, run } = await openThere();
    const tree = analysis();
    await run(tree);
    tree.chunk('GJet/nominal/c_Events_0-100.parquet');
    tree.chunk('GJet/nominal/b_Events_0-100.parquet');
    tree.cut('GJet/nominal/a_Events_0-100.parquet', 20);
    const { id, changes } = await run(tree);
    expect(changes).toMatchObject({ mended: 1, broken: 1, changed: 1 });
    const { rows } = await ask(audits.files, { id, limit: 9, changed: true });
    expect(rows.map(row => [row.id, row.was, row.status])).toEqual([
      ['a', 'complete', 'truncated'],
      ['b', 'partial', 'overlapping'],
      ['c', 'missing', 'complete']
    ]);
  });

  it.each([
    [{ samplesJson: '/no/such.json' }, 'not-found'],
    [{ source: '/no/such/folder' }, 'not-found']
  ])('that cannot be done fails with the reason: %j', async (more, code) => {
    const { run } = await openThere();
    const audit = await run(analysis(), more);
    expect(audit).toMatchObject({ state: 'failed', failure: { code } });
    expect(audit.failure?.message).toContain('/no/such');
  });

  it.each([
    [{ samplesJson: 'samples.json' }, 'absolute'],
    [{ source: 'root://eos.example//eos/x' }, 'not a folder here'],
    [{ events: null }, 'events file']
  ])('that makes no sense is refused: %j', async (more, word) => {
    const { run } = await openThere();
    await expect(run(analysis(), more)).rejects.toThrow(word);
  });
});

describe('records', () => {
  it('outlive the agent, with their problems and their export', async () => {
    const first = await open();
    const { id } = await first.run(analysis());
    const text = (await first.ask(audits.export, { id })).text;
    const second = await open(first.state);
    const [audit] = await second.ask(audits.list, undefined);
    expect(audit).toMatchObject({ id, state: 'done', summary: { resubmit: 3 } });
    expect((await second.ask(audits.export, { id })).text).toBe(text);
    const { rows } = await second.ask(audits.files, { id, limit: 9 });
    expect(rows.map(row => row.id)).toEqual(['b', 'c', 'd']);
    await second.ask(audits.remove, { id });
    expect(await (await open(first.state)).ask(audits.list, undefined)).toEqual([]);
    await expect(second.ask(audits.read, { id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a running audit make the next agent begin it again, once', async () => {
    const never = (): IPool => ({
      answer: () => new Promise(() => undefined),
      close: () => undefined
    });
    const first = await open(undefined, never);
    const tree = analysis().save();
    const { samplesJson, source } = tree;
    const { id } = await first.ask(audits.start, {
      samplesJson,
      source,
      convention: 'DAS',
      expected: 'none'
    });
    const second = await open(first.state, never);
    expect((await second.ask(audits.read, { id })).state).toBe('running');
    const third = await open(first.state);
    const audit = await third.ask(audits.read, { id });
    expect(audit).toMatchObject({ state: 'failed', failure: { code: 'internal' } });
    const fourth = await open(first.state);
    expect((await fourth.ask(audits.read, { id })).state).toBe('failed');
  });

  it('that are damaged are left out and left where they are', async () => {
    const first = await open();
    const { id } = await first.run(analysis());
    const path = join(first.state, 'audits', `${id}.json`);
    writeFileSync(path, '{"version": 1, "audit": ');
    expect(await (await open(first.state)).ask(audits.list, undefined)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});

it('of a host that is not open is refused at once', async () => {
  const { ask } = await open();
  const { samplesJson, source } = analysis().save();
  const request = { on: 'closed', samplesJson, source, convention: 'DAS' } as const;
  await expect(ask(audits.start, request)).rejects.toMatchObject({ code: 'unreachable' });
  expect(await ask(audits.list, undefined)).toEqual([]);
});

it('a cancelled audit ends at once and says so', async () => {
  let reject: (error: Error) => void = () => undefined;
  const stuck = (): IPool => ({
    answer: () => new Promise((_, fail) => (reject = fail)),
    close: () => reject(new Error('closed'))
  });
  const { ask } = await open(undefined, stuck);
  const { samplesJson, source } = analysis().save();
  const { id } = await ask(audits.start, {
    samplesJson,
    source,
    convention: 'DAS',
    expected: 'none'
  });
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(await ask(audits.cancel, { id })).toMatchObject({ state: 'cancelled' });
  await expect(ask(audits.datasets, { id })).rejects.toThrow('cancelled');
});

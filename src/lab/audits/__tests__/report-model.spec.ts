// @vitest-environment node
import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { analysis, openAgent, runAudit, until, withNews } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { AuditsModel } from '../model';
import { ReportModel } from '../report-model';

/** A report on a real audit of a small analysis. */
async function open(tree = analysis()) {
  const agent = await openAgent();
  const heard = new Signal<object, AgentEvent>({});
  agent.events.subscribe(null, event => {
    heard.emit(event);
    return true;
  });
  const straight = serverCall(agent.settings);
  const { call, during } = withNews(straight);
  const audits = new AuditsModel(straight, heard);
  const { id } = await runAudit(audits, tree);
  const model = new ReportModel({ id, call, heard, growing: 1 });
  await model.refresh();
  await until(() => model.datasets.length > 0);
  const files = async () => {
    model.files.want(0, 50);
    await until(() => model.files.total !== null && model.files.failure === null);
    return Array.from({ length: model.files.total ?? 0 }, (_, i) => model.files.row(i));
  };
  const statuses = async () => (await files()).map(row => row?.status);
  return { ...agent, heard, audits, model, files, statuses, tree, during };
}

it('shows datasets and files of a real audit', async () => {
  const { model, statuses } = await open();
  expect(model.audit?.state).toBe('done');
  expect(model.shownDatasets.map(({ dataset }) => dataset)).toEqual(['GJet', 'Data']);
  expect(await statuses()).toEqual(['complete', 'partial', 'missing', 'missing']);
});

it('asks for the files of the selected datasets and statuses only', async () => {
  const { model, statuses } = await open();
  await statuses();
  model.view.toggleStatus('missing');
  expect(model.files.total).toBeNull();
  expect(await statuses()).toEqual(['missing', 'missing']);
  model.view.select(model.shownDatasets, 1, 'one');
  expect(await statuses()).toEqual(['missing']);
  model.view.showAll();
  model.view.selectNone();
  model.view.searchFiles('b.root');
  expect(await statuses()).toEqual(['partial']);
});

it('sorts files by a column, the other way round, and as in the JSON', async () => {
  const { model, files } = await open();
  const found = async () => (await files()).map(row => row?.found);
  const json = await found();
  model.view.sortFiles('found');
  expect(await found()).toEqual([0, 0, 50, 100]);
  model.view.sortFiles('found');
  expect(await found()).toEqual([100, 50, 0, 0]);
  model.view.sortFiles('found');
  expect(await found()).toEqual(json);
  expect(model.view.fileKey).toBe('json');
});

it('reads the chunks of the file that is looked at, and lets it go with its dataset', async () => {
  const { model, files } = await open();
  const [first] = await files();
  await model.look(first ?? null);
  expect(model.chunks).toMatchObject({
    answer: [{ variation: 'nominal', start: 0, stop: 100, valid: true }]
  });
  model.view.select(model.shownDatasets, 1, 'one');
  expect(model.view.file).toBeNull();
  expect(model.chunks).toBeNull();
});

it('keeps why chunks or rows could not be read', async () => {
  const { model, files, audits } = await open();
  const [first] = await files();
  await audits.remove(model.id);
  await model.look(first ?? null);
  expect(model.chunks).toMatchObject({ failure: { code: 'not-found' } });
  await model.countRows('GJet');
  expect(model.rowCounts.get('GJet')).toMatchObject({ failure: { code: 'not-found' } });
});

it('counts rows on demand', async () => {
  const { model } = await open();
  await model.countRows('GJet');
  expect(model.rowCounts.get('GJet')).toMatchObject({ answer: { chunks: 2, rows: 6 } });
});

it('lists stale and foreign names of the selection', async () => {
  const { model } = await open();
  expect(await model.stale.all()).toEqual(['GJet/nominal/b_Events_0-50.parquet']);
  expect(await model.foreign.all()).toHaveLength(1);
  model.view.select(model.shownDatasets, 1, 'one');
  expect(await model.stale.all()).toEqual([]);
});

it('follows the audit by events and reads again what changed', async () => {
  const { model, audits, events } = await open();
  const audit = await audits.read(model.id);
  const summary = audit.summary;
  expect(summary).not.toBeNull();
  events.publish({ topic: 'audit', audit: { ...audit, id: 'another', notes: ['not mine'] } });
  expect(model.audit?.notes).not.toContain('not mine');
  events.publish({ topic: 'audit', audit: { ...audit, notes: ['mine'] } });
  expect(model.audit?.notes).toEqual(['mine']);
});

it('believes what it was told while an answer was on its way', async () => {
  const { model, audits, events, during } = await open();
  const audit = await audits.read(model.id);
  const tell = (state: 'running' | 'done') => () =>
    events.publish({ topic: 'audit', audit: { ...audit, state } });
  during(tell('running'));
  await model.refresh();
  expect(model.audit?.state).toBe('running');
  during(tell('done'));
  await model.cancel();
  expect(model.audit?.state).toBe('done');
  during(() => events.publish({ topic: 'audit-removed', id: model.id }));
  await model.refresh();
  expect(model.failure?.code).toBe('not-found');
});

it('reads once, not for every event, while results come fast', async () => {
  const { model, audits, asked, events } = await open();
  const audit = await audits.read(model.id);
  asked.length = 0;
  for (let resubmit = 100; resubmit < 120; resubmit += 1) {
    const summary = audit.summary === null ? null : { ...audit.summary, resubmit };
    events.publish({ topic: 'audit', audit: { ...audit, state: 'running', summary } });
  }
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(asked.filter(path => path === '/audits/datasets').length).toBeLessThanOrEqual(3);
  expect(model.audit?.summary?.resubmit).toBe(119);
});

it('says that it was removed, and that it is not there', async () => {
  const { model, audits, heard } = await open();
  await audits.remove(model.id);
  expect(model.failure?.code).toBe('not-found');
  const call = serverCall((await openAgent()).settings);
  const nobody = new ReportModel({ id: 'nobody', call, heard });
  await nobody.refresh();
  expect(nobody.audit).toBeNull();
  expect(nobody.failure?.code).toBe('not-found');
  nobody.dispose();
});

it('selects a range of datasets, and one more or less', async () => {
  const { model } = await open();
  const { view } = model;
  const rows = model.shownDatasets;
  view.select(rows, 0, 'one');
  view.select(rows, 1, 'range');
  expect(view.chosen).toEqual(['GJet', 'Data']);
  view.select(rows, 0, 'add');
  expect(view.chosen).toEqual(['Data']);
  view.select(rows, 1, 'one');
  expect(view.chosen).toBeNull();
});

it('hears nothing after it was disposed', async () => {
  const { model, audits, events } = await open();
  const audit = await audits.read(model.id);
  model.dispose();
  events.publish({ topic: 'audit', audit: { ...audit, notes: ['late'] } });
  expect(model.audit?.notes).not.toContain('late');
});

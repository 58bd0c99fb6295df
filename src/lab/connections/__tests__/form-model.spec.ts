// @vitest-environment node
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';
import { HepbatchError } from '../../../contract';
import { ConnectionForm } from '../form-model';
import { emptyForm, formOf } from '../form-values';
import { ConnectionsModel } from '../model';
import { openRealConnections } from './real-connections';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

async function open(env: Record<string, string> = {}) {
  const real = openRealConnections(env);
  const connections = new ConnectionsModel(real.call, real.heard);
  await connections.refresh();
  const make = (first = emptyForm('vanilla-local'), replaces: string | null = null) => {
    const { call, heard } = real;
    const form = new ConnectionForm({ call, heard, connections, first, replaces, trans });
    opened.push(form);
    return form;
  };
  opened.push(real.connections);
  return { ...real, list: connections, make };
}

it('makes the id of the title until somebody writes an own one', async () => {
  const { make } = await open();
  const form = make();
  const change = (more: object) => form.change({ ...form.values, ...more });
  change({ title: 'Dask local' });
  expect(form.values.id).toBe('dask-local-2'); // the other one is built in
  change({ title: 'Mine' });
  expect(form.values.id).toBe('mine');
  change({ id: 'ours' });
  change({ title: 'Theirs' });
  expect(form.values.id).toBe('ours');
  change({ id: undefined });
  change({ title: 'Own' });
  expect(form.values.id).toBe('own');
});

it('saves, and has nothing to lose then', async () => {
  const { make, list } = await open();
  const form = make();
  expect(form.isDirty).toBe(false);
  form.change({ ...form.values, title: 'Mine' });
  expect(form.isDirty).toBe(true);
  const saved = await form.save();
  expect(saved?.profile).toMatchObject({ id: 'mine', backend: 'vanilla-local' });
  expect(form.isDirty).toBe(false);
  expect(list.find('mine')).toBeDefined();
});

it('edits under the same id or another one', async () => {
  const { make, list } = await open();
  const first = make();
  first.change({ ...first.values, title: 'Mine' });
  await first.save();
  const profile = list.find('mine')?.profile;
  if (profile === undefined) {
    throw new Error('not saved');
  }
  const form = make(formOf(profile, []), 'mine');
  form.change({ ...form.values, title: 'Renamed' });
  expect(form.values.id).toBe('mine');
  await form.save();
  expect(list.find('mine')?.profile.title).toBe('Renamed');
  const moved = make(formOf(profile, []), 'mine');
  moved.change({ ...moved.values, id: 'other' });
  await moved.save();
  expect([list.find('mine'), list.find('other')?.profile.title]).toEqual([undefined, 'Mine']);
});

it('says beside the fields what is wrong, from the first attempt on', async () => {
  const { make } = await open();
  const form = make();
  form.change({ ...form.values, defaults: { memory: 'much' } });
  expect(form.errors).toEqual({});
  expect(await form.save()).toBeNull();
  expect(Object.keys(form.errors).sort()).toEqual(['defaults.memory', 'id', 'title']);
  form.change({ ...form.values, title: 'Mine', defaults: {} });
  expect(form.errors).toEqual({});
});

it('says at the id that it is taken, and elsewhere what else went wrong', async () => {
  const { make, during } = await open();
  const form = make();
  form.change({ ...form.values, title: 'Mine', id: 'dask-local' });
  expect(await form.save()).toBeNull();
  expect(form.errors['id']).toContain('dask-local');
  form.change({ ...form.values, id: 'mine' });
  during(() => {
    throw new HepbatchError('no-space', 'the disk is full', { next: 'Delete something.' });
  });
  expect(await form.save()).toBeNull();
  expect(form.failure).toMatchObject({ code: 'no-space' });
  expect([form.isDirty, form.isSaving]).toEqual([true, false]);
});

it('tries what is filled in, step by step, and saves nothing', async () => {
  const { make, list } = await open();
  const form = make();
  expect(form.test()).toBe(false);
  form.change({ ...form.values, title: 'Mine' });
  expect(form.test()).toBe(true);
  expect(form.trial.isRunning).toBe(true);
  await expect.poll(() => form.trial.test?.state, { timeout: 20_000 }).toBe('passed');
  expect(form.trial.test?.steps.find(({ name }) => name === 'python')?.state).toBe('ok');
  expect(form.trial.isRunning).toBe(false);
  await list.refresh();
  expect(list.find('mine')).toBeUndefined();
});

it('ends a trial on demand, and with the form', async () => {
  // A klist that does not end keeps the trial running.
  const real = await open({ PATH: '/tmp/none' });
  const slow = join(real.home, 'bin');
  mkdirSync(slow);
  writeFileSync(join(slow, 'klist'), '#!/bin/sh\nexec sleep 30\n');
  chmodSync(join(slow, 'klist'), 0o755);
  const { make, connections } = await open({ PATH: `${slow}:${process.env['PATH'] ?? ''}` });
  const form = make();
  form.change({ ...form.values, title: 'Mine' });
  form.test();
  await expect.poll(() => form.trial.test?.state).toBe('running');
  await form.trial.cancel();
  expect(form.trial.test?.state).toBe('cancelled');
  form.test();
  await expect.poll(() => form.trial.test?.state).toBe('running');
  const id = form.trial.test?.id ?? '';
  form.dispose();
  const state = async () => (await connections.readTest(id)).state;
  await expect.poll(state, { timeout: 20_000 }).toBe('cancelled');
});

// @vitest-environment node
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { FolderModel } from '../folder-model';
import { openRealConnections } from './real-connections';

const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

function open() {
  const real = openRealConnections();
  const work = join(real.home, 'work');
  for (const name of ['data', 'Data 2', 'logs']) {
    mkdirSync(join(work, name), { recursive: true });
  }
  writeFileSync(join(work, 'notes.txt'), '');
  const model = new FolderModel(real.call, 'vanilla-local');
  opened.push(model, real.connections);
  const names = () => model.entries.map(({ name }) => name);
  return { ...real, work, model, names };
}

it('walks down and up, folders before files', async () => {
  const { model, work, names, home } = open();
  await model.enter('~');
  expect(model.path).toBe(home);
  await model.down('work');
  expect([model.path, names()]).toEqual([work, ['Data 2', 'data', 'logs', 'notes.txt']]);
  expect(model.crumbs.at(0)).toEqual({ name: '/', path: '/' });
  expect(model.crumbs.at(-1)).toEqual({ name: 'work', path: work });
  await model.up();
  expect(model.path).toBe(home);
  await model.enter('/');
  await model.up();
  expect(model.path).toBe('/');
});

it('filters, and forgets the filter with the next folder', async () => {
  const { model, work, names } = open();
  await model.enter(work);
  await model.search('DATA');
  expect([names(), model.matching]).toEqual([['Data 2', 'data'], 2]);
  await model.down('data');
  expect([model.filter, names()]).toEqual(['', []]);
});

it('stays where it is, and says why, where it cannot go on', async () => {
  const { model, work, names } = open();
  await model.enter(work);
  await model.enter('/nowhere');
  expect(model.failure?.message).toContain('/nowhere');
  expect([model.path, names().length, model.isReading]).toEqual([work, 4, false]);
  mkdirSync(join(work, 'late'));
  await model.enter(join(work, 'logs'));
  expect(model.failure).toBeNull();
});

it('asks the last question again', async () => {
  const { model, work } = open();
  await model.enter(join(work, 'late'));
  expect(model.failure).not.toBeNull();
  mkdirSync(join(work, 'late'));
  await model.retry();
  expect([model.failure, model.path]).toEqual([null, join(work, 'late')]);
});

it('drops an answer that comes after the next question, or after its end', async () => {
  const { model, work } = open();
  const slow = model.enter(work);
  await model.enter(join(work, 'logs'));
  await slow;
  expect(model.path).toBe(join(work, 'logs'));
  const last = model.enter(work);
  model.dispose();
  await last;
  expect(model.path).toBe(join(work, 'logs'));
});

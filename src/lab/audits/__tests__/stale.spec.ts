import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, expect, it } from 'vitest';
import type { AgentEvent } from '../../../contract';
import { analysis, openAgent, runAudit, until } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';
import { AuditsModel } from '../model';
import { readStale, removeStale, sizeOf } from '../stale';
import { removeStaleChunks } from '../stale-dialogs';

const trans = nullTranslator.load('hepbatch');
const B = 'GJet/nominal/b_Events_0-50.parquet';

afterEach(() => {
  Dialog.flush();
  Notification.dismiss();
});

async function open() {
  const tree = analysis();
  const { settings } = await openAgent();
  const call = serverCall(settings);
  const { id } = await runAudit(new AuditsModel(call, new Signal<object, AgentEvent>({})), tree);
  const isThere = () => existsSync(join(tree.source, B));
  return { tree, call, id, isThere };
}

/** The text of the dialog, once it is there, and its buttons by name. */
async function dialog() {
  const shown = () => document.querySelector('.jp-Dialog');
  const part = (name: string) => shown()?.querySelector(`.jp-Dialog-${name}`)?.textContent ?? '';
  // They are drawn one after the other.
  await until(() => part('header') !== '' && part('body') !== '');
  const buttons = [...document.querySelectorAll<HTMLElement>('.jp-Dialog button')];
  return {
    text: shown()?.textContent ?? '',
    press: (name: string) => buttons.find(({ textContent }) => textContent.trim() === name)?.click()
  };
}

const said = () => Notification.manager.notifications.map(({ message }) => message).join('\n');

it('names how many and how large, and moves them when the user agrees', async () => {
  const { tree, call, id, isThere } = await open();
  const done = removeStaleChunks({ call, id, datasets: null, trans });
  const { text, press } = await dialog();
  expect(text).toContain('Remove 1 stale chunk?');
  expect(text).toMatch(/[\d.]+ k?B are moved/);
  expect(text).toContain(join(tree.source, `.hepbatch-stale-${id}`));
  press('Remove');
  await done;
  expect(isThere()).toBe(false);
  expect(existsSync(join(tree.source, `.hepbatch-stale-${id}`, B))).toBe(true);
  expect(said()).toContain('1 of 1 stale chunks are now in');
});

it('moves nothing when the user does not, nor where none is left', async () => {
  const { call, id, isThere } = await open();
  const done = removeStaleChunks({ call, id, datasets: null, trans });
  (await dialog()).press('Cancel');
  await done;
  expect(isThere()).toBe(true);
  await removeStaleChunks({ call, id, datasets: ['Data'], trans });
  expect(said()).toContain('No stale chunk is there any more');
});

it('says which are left, and why', async () => {
  const { tree, call, id, isThere } = await open();
  const done = removeStaleChunks({ call, id, datasets: null, trans });
  const { press } = await dialog();
  tree.chunk(B, 9);
  press('Remove');
  await done;
  expect(isThere()).toBe(true);
  expect(said()).toContain(`0 of 1 stale chunks are now in`);
  expect(said()).toContain(`${B}: changed, it has another size or time`);
  await removeStaleChunks({ call, id, datasets: null, trans });
  expect(said()).toContain('No stale chunk can be removed');
});

it('reads and moves exactly what was shown', async () => {
  const { call, id } = await open();
  const { chunks, left } = await readStale(call, id, null);
  expect(chunks.map(({ path }) => path)).toEqual([B]);
  expect(left).toEqual([]);
  const foreign = { path: 'GJet/nominal/merged.parquet', bytes: 1, mtimeNs: '1' };
  const outcomes = await removeStale(call, id, [foreign, ...chunks]);
  expect(outcomes.map(({ end }) => end)).toEqual(['refused', 'removed']);
});

it('says the size of all in words', () => {
  const of = (bytes: number) => ({ path: '', bytes, mtimeNs: '0' });
  expect([sizeOf([]), sizeOf([of(1.5e9), of(1e9)])]).toEqual(['0 B', '2.50 GB']);
});

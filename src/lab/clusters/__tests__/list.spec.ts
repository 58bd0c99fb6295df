import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it, vi } from 'vitest';
import type { Cluster } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { button, show } from '../../connections/__tests__/views';
import { ShownDetails } from '../../connections/shown';
import { ClustersList } from '../list';
import { cluster, loss, openRealClusters } from './real-clusters';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(one => one.dispose()));
});

/** The list of clusters on a page, with those that are given. */
async function open(...told: Cluster[]) {
  const real = await openRealClusters();
  const { model, hosts: connections } = real;
  const actions = {
    run: vi.fn(),
    hasDashboards: vi.fn(() => true),
    advise: vi.fn(),
    more: vi.fn(),
    grab: vi.fn()
  };
  const create = vi.fn();
  const shown = new ShownDetails();
  const list = new ClustersList({ model, connections, shown, actions, create, trans });
  const node = show(list);
  opened.push(list, real);
  told.forEach(real.tell);
  await until(() => node.querySelector(told.length > 0 ? 'li' : 'button') !== null);
  return { ...real, node, actions, create };
}

const card = (node: ParentNode, id: string): HTMLElement => {
  const found = node.querySelector<HTMLElement>(`[data-cluster="${id}"]`);
  if (found === null) {
    throw new Error(`no card of ${id}`);
  }
  return found;
};
const verbs = (node: HTMLElement) =>
  [...node.querySelectorAll('.jp-hepbatch-Link')].map(({ textContent }) => textContent);

it('offers to start one where there is none', async () => {
  const { node, create } = await open();
  button(node, 'New cluster…')?.click();
  expect(create).toHaveBeenCalled();
});

it('says what it is, how it stands, what it uses, and what can be done', async () => {
  const { node, actions } = await open(
    cluster('c-1', {
      summary: '2 workers',
      workers: {
        wanted: 2,
        joined: 2,
        cores: 4,
        memoryLimitBytes: 8e9,
        memoryBytes: 1.2e9,
        clients: 1,
        tasks: { processing: 12, released: 0 }
      }
    })
  );
  const one = card(node, 'c-1');
  for (const words of [
    'Dask on this machine',
    'running',
    '2 workers',
    '4 cores · 1.20 GB of 8.00 GB',
    '1 client · tasks: 12 processing'
  ]) {
    expect(one.textContent).toContain(words);
  }
  expect(one.textContent).not.toContain('asked for');
  expect(verbs(one)).toEqual(['Dashboards', 'Insert client code', 'Scale…', 'Stop']);
  button(one, 'Scale…')?.click();
  expect(actions.run).toHaveBeenCalledWith('scale', 'c-1');
  const more = button(one, 'More actions for the c-1');
  more?.click();
  expect(actions.more).toHaveBeenCalledWith('c-1', more);
});

it('says which port of this machine is open for its clients, and closes it', async () => {
  const scheduler = { ...cluster('c-1').scheduler, loopback: 'tls://127.0.0.1:40123' };
  const { node, actions, tell } = await open(
    cluster('c-1', { scheduler, can: ['stop', 'loopback'] })
  );
  const one = card(node, 'c-1');
  expect(one.textContent).toContain('Client port open on this machine: 127.0.0.1:40123');
  button(one, 'Close port')?.click();
  expect(actions.run).toHaveBeenCalledWith('close-port', 'c-1');
  tell(cluster('c-1', { can: ['stop', 'loopback'] }));
  await until(() => !one.textContent.includes('port open'));
  expect(verbs(one)).toEqual(['Stop']);
});

it('offers no dashboards where they cannot be shown', async () => {
  const { node, actions, tell } = await open(cluster('c-1'));
  expect(verbs(card(node, 'c-1'))).toContain('Dashboards');
  const scheduler = { ...cluster('c-1').scheduler, dashboard: null };
  tell(cluster('c-1', { scheduler }));
  await until(() => !verbs(card(node, 'c-1')).includes('Dashboards'));
  actions.hasDashboards.mockReturnValue(false);
  tell(cluster('c-1', { summary: 'other' }));
  await until(() => card(node, 'c-1').textContent.includes('other'));
  expect(verbs(card(node, 'c-1'))).not.toContain('Dashboards');
});

it('says how long jobs wait and why; what is long is folded', async () => {
  const at = new Date(Date.now() - 12.5 * 60_000).toISOString();
  const { node } = await open(
    cluster('c-1', {
      mode: { kind: 'adaptive', minimum: 0, maximum: 9, idleSeconds: 60 },
      jobs: [{ state: 'pending', reason: 'no match', code: null, count: 8, oldestAt: at }],
      why: ['Of 100 slots none fits. '.repeat(9), '<b>second</b>'],
      warnings: ['It may be short of memory.'],
      stopsAt: new Date(Date.now() + 90 * 60_000).toISOString()
    })
  );
  const one = card(node, 'c-1');
  expect(one.textContent).toContain('adaptive, 0 to 9 workers');
  expect(one.textContent).toContain('8 jobs wait, the first for 12 min: no match');
  expect(one.textContent).toMatch(/Stops by itself in 1 h (29|30) min\./);
  const folded = one.querySelector('details');
  expect(folded?.open).toBe(false);
  expect(folded?.querySelector('summary')?.textContent).toMatch(/^Why not more\? .*…$/);
  // The words of others are data.
  expect(folded?.textContent).toContain('<b>second</b>');
  expect(one.querySelector('b')).toBeNull();
  expect(one.textContent).toContain('Take care It may be short of memory.');
});

it('says why it is lost or failed, with the next step, and what is left to do', async () => {
  const failure = { code: 'unreachable', message: 'it is gone', data: { next: 'Clean up.' } };
  const { node, tell } = await open(
    cluster('c-1', { state: 'lost', failure, can: ['clean', 'logs'], summary: 'lost' })
  );
  const one = card(node, 'c-1');
  expect(one.querySelector('[role="alert"]')?.textContent).toContain('it is goneClean up.');
  expect(verbs(one)).toEqual(['Clean up…', 'Logs']);
  tell(cluster('c-1', { state: 'stopped', can: ['remove', 'logs'], summary: 'stopped' }));
  await until(() => verbs(one).includes('Remove'));
  expect(verbs(one)).toEqual(['Logs', 'Start again…', 'Remove']);
  expect(one.querySelector('[role="alert"]')).toBeNull();
});

it('can be stopped while it starts, and says for how long it does', async () => {
  const startedAt = new Date(Date.now() - 5000).toISOString();
  const { node } = await open(
    cluster('c-1', { state: 'starting', can: ['stop', 'logs'], summary: 'starting', startedAt })
  );
  const one = card(node, 'c-1');
  expect(one.textContent).toMatch(/Starting for [56] s/);
  expect(verbs(one)).toEqual(['Logs', 'Stop']);
});

it('tells of a lost worker: task, deaths, memory, cause, evidence, and the advice', async () => {
  const newest = loss();
  const { node, actions } = await open(cluster('c-1', { losses: { count: 3, newest } }));
  const block = card(node, 'c-1').querySelector('.jp-hepbatch-Loss');
  for (const words of [
    'KilledWorker',
    "Task ('process', 4): 4 workers died with it.",
    'Memory: at most 1.90 GB of 2.00 GB.',
    'it ran out of memory; HTCondor held job 77.0 with code 34'
  ]) {
    expect(block?.textContent).toContain(words);
  }
  button(node, 'Run that file iteratively')?.click();
  expect(actions.advise).toHaveBeenLastCalledWith('c-1', newest.advice[0]);
  button(node, 'Raise memory to 4GB…')?.click();
  expect(actions.advise).toHaveBeenLastCalledWith('c-1', newest.advice[1]);
  button(node, 'All 3 lost workers')?.click();
  expect(actions.run).toHaveBeenLastCalledWith('losses', 'c-1');
});

it('can be taken to a notebook by its head, as long as clients can connect', async () => {
  const { node, actions, tell } = await open(cluster('c-1'));
  const head = () => card(node, 'c-1').querySelector('.jp-hepbatch-Cluster-head');
  const press = () =>
    head()?.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true, cancelable: true }));
  press();
  expect(actions.grab).toHaveBeenCalledTimes(1);
  tell(cluster('c-1', { can: ['stop'] }));
  await until(() => !verbs(card(node, 'c-1')).includes('Insert client code'));
  press();
  expect(actions.grab).toHaveBeenCalledTimes(1);
});

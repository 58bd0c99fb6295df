import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it, vi } from 'vitest';
import { HepbatchError } from '../../../contract';
import type { Connection, HostDetails } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { ConnectionsList } from '../list';
import type { IListProps } from '../list';
import { ConnectionsModel } from '../model';
import { ShownDetails } from '../shown';
import { connection, openRealConnections } from './real-connections';
import { button, card, fact, show } from './views';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

/** The list of the real connections on a page. */
async function open(more: Partial<IListProps> = {}) {
  const real = openRealConnections();
  const model = new ConnectionsModel(real.call, real.heard);
  const shown = new ShownDetails();
  const actions = {
    open: vi.fn((id: string) => void model.open(id)),
    close: vi.fn((id: string) => void model.close(id)),
    probe: vi.fn(),
    ticket: vi.fn(),
    proxy: vi.fn(),
    more: vi.fn()
  };
  const list = new ConnectionsList({
    model,
    shown,
    actions,
    showUnusable: true,
    warnMinutes: 60,
    trans,
    ...more
  });
  const node = show(list);
  opened.push(list, model, real.connections);
  await model.refresh();
  await until(() => node.querySelector('li') !== null);
  const tell = (changed: Connection) =>
    real.events.publish({ topic: 'connection', connection: changed });
  return { ...real, model, shown, actions, node, tell };
}

const found: HostDetails = {
  checkedAt: '2026-11-25T12:00:00.000Z',
  node: 'lxplus901',
  user: 'me',
  scheduler: {
    state: 'found',
    name: 'HTCondor',
    version: '23.9.6',
    path: '/usr/bin/condor_submit'
  },
  python: { state: 'absent', reason: 'python3 is not on PATH' },
  home: { state: 'found', path: '/afs/home', freeBytes: 2e9, totalBytes: 1e10 },
  scratch: { state: 'unknown', reason: 'df did not answer' },
  ticket: { state: 'absent', reason: 'There is no Kerberos ticket.' },
  proxy: { state: 'absent', reason: 'There is no VOMS proxy.' },
  roundTripMs: 12.34,
  client: 'openssh',
  clientWhy: 'GSSAPI is wanted'
};
const lxplus = (over: object) =>
  connection('lxplus', over, { host: { kind: 'ssh', destination: 'lxplus.cern.ch' } });

it('opens and closes, in words', async () => {
  const { node } = await open();
  const local = card(node, 'dask-local');
  expect(local.textContent).toContain('closed');
  button(local, 'Open')?.click();
  await until(() => button(local, 'Close') !== undefined);
  expect(local.textContent).toContain('open');
  button(local, 'Close')?.click();
  await until(() => button(local, 'Open') !== undefined);
});

it('greys what cannot be used here, says why, and puts it last; or leaves it out', async () => {
  const { node, model } = await open();
  const ids = [...node.querySelectorAll('li')].map(item => item.dataset['connection']);
  const slurm = card(node, 'vanilla-slurm');
  expect(slurm.textContent).toContain('sbatch is not on PATH');
  expect(button(slurm, 'Open')).toBeUndefined();
  expect(ids.indexOf('vanilla-slurm')).toBeGreaterThan(ids.indexOf('lxplus'));
  expect(ids).toHaveLength(model.connections.length);
  const short = await open({ showUnusable: false });
  expect(short.node.textContent).not.toContain('sbatch');
});

it('says why it is lost and when it is tried again, and lets the user do it now', async () => {
  const { node, tell, actions } = await open();
  const failure = { code: 'connection-lost', message: 'the peer is gone', data: { next: '' } };
  const soon = new Date(Date.now() + 50_000).toISOString();
  tell(lxplus({ state: 'lost', failure, nextTryAt: soon }));
  const local = card(node, 'lxplus');
  await until(() => local.textContent.includes('lost'));
  expect(local.textContent).toContain('the peer is gone');
  expect(local.textContent).toMatch(/Next try in \d+ s\./);
  expect(button(local, 'Close')).toBeDefined();
  tell(lxplus({ state: 'lost', failure, paused: true }));
  await until(() => local.textContent.includes('It is not tried again by itself.'));
  // Last: it is really tried then, and what comes of it is told too.
  button(local, 'Try now')?.click();
  expect(actions.open).toHaveBeenCalledWith('lxplus');
});

it('says that it asks, and why it failed, with the next step', async () => {
  const { node, tell } = await open();
  tell(lxplus({ state: 'asking' }));
  const local = card(node, 'lxplus');
  await until(() => local.textContent.includes('It waits for your answer.'));
  expect(button(local, 'Cancel')).toBeDefined();
  const data = { next: 'Get a new code.' };
  tell(
    lxplus({ state: 'failed', failure: { code: 'denied', message: 'three wrong codes', data } })
  );
  await until(() => local.querySelector('[role="alert"]') !== null);
  expect(local.textContent).toContain('three wrong codes');
  expect(local.textContent).toContain('Get a new code.');
  expect(button(local, 'Try again')).toBeDefined();
});

it('tells apart in the details what is there, what is not, and what nobody knows', async () => {
  const { node, tell, shown, actions } = await open();
  tell(lxplus({ state: 'open', details: found }));
  const local = card(node, 'lxplus');
  await until(() => button(local, 'Close') !== undefined);
  expect(fact(local, 'Node')).toBeUndefined();
  button(local, 'Details')?.click();
  await until(() => fact(local, 'Node') !== undefined);
  expect(button(local, 'Hide details')?.getAttribute('aria-expanded')).toBe('true');
  expect(fact(local, 'Node')).toBe('lxplus901 as me');
  expect(fact(local, 'Scheduler')).toBe('HTCondor 23.9.6');
  expect(fact(local, 'Python')).toBe('nonepython3 is not on PATH');
  expect(fact(local, 'Home')).toContain('2.00 GB of 10.0 GB free');
  expect(fact(local, 'Scratch')).toBe('not knowndf did not answer');
  expect(fact(local, 'SSH client')).toBe('OpenSSHGSSAPI is wanted');
  expect(fact(local, 'Round trip')).toBe('12.3 ms');
  button(local, 'Get ticket…')?.click();
  button(local, 'Get proxy…')?.click();
  button(local, 'Look again')?.click();
  for (const act of [actions.ticket, actions.proxy, actions.probe]) {
    expect(act).toHaveBeenCalledWith('lxplus');
  }
  // What was last seen stays while it is lost; nothing can be asked for then.
  tell(lxplus({ state: 'lost', details: found }));
  await until(() => button(local, 'Try now') !== undefined);
  expect(fact(local, 'Node')).toBe('lxplus901 as me');
  expect(button(local, 'Get ticket…')).toBeUndefined();
  shown.set('lxplus', false);
  await until(() => fact(local, 'Node') === undefined);
});

it('warns of a ticket that ends within the hour, and of no other', async () => {
  const { node, tell } = await open();
  const ticket = (minutes: number) => ({
    state: 'found',
    principal: 'me@CERN.CH',
    cache: 'FILE:/tmp/krb5cc_0',
    expiresAt: new Date(Date.now() + 60_000 * minutes).toISOString()
  });
  const local = card(node, 'lxplus');
  tell(lxplus({ state: 'open', details: { ...found, ticket: ticket(40.5) } }));
  await until(() => local.textContent.includes('Kerberos ticket: 40 min left'));
  tell(lxplus({ state: 'open', details: { ...found, ticket: ticket(90) } }));
  await until(() => !local.textContent.includes('Kerberos ticket'));
});

it('names file, key and value of a fault, and shows the rest', async () => {
  const { node, events } = await open();
  const problem = {
    file: '/etc/jupyter/x.json',
    key: 'profiles[2].host.port',
    value: '"ssh"',
    message: 'is no number <b>!</b>'
  };
  events.publish({ topic: 'connection-problems', problems: [problem] });
  await until(() => node.querySelector('[role="alert"]') !== null);
  const said = node.querySelector('[role="alert"]')?.textContent;
  for (const part of [problem.file, 'profiles[2].host.port = "ssh"', problem.message]) {
    expect(said).toContain(part);
  }
  expect(card(node, 'dask-local').textContent).toContain('closed');
});

it('names the button of its menu, and each list for a screen reader', async () => {
  const { node, actions } = await open();
  const local = card(node, 'dask-local');
  const name = document.getElementById(local.getAttribute('aria-labelledby') ?? '');
  expect(name?.textContent).toBe('Dask on this machine');
  const more = button(local, 'More actions for Dask on this machine');
  more?.click();
  expect(actions.more).toHaveBeenCalledWith('dask-local', more);
  expect(node.querySelector('ul')?.getAttribute('aria-label')).toBe('Connections');
});

it('says what to do where the list cannot be read, and tries again', async () => {
  const real = openRealConnections();
  real.during(() => {
    throw new HepbatchError('unreachable', 'the line broke', { next: 'Wait a moment.' });
  });
  const model = new ConnectionsModel(real.call, real.heard);
  const nothing = () => undefined;
  const list = new ConnectionsList({
    model,
    shown: new ShownDetails(),
    actions: { open: nothing, close: nothing, probe: nothing, ticket: nothing, proxy: nothing },
    showUnusable: true,
    warnMinutes: 60,
    trans
  });
  opened.push(list, model);
  const node = show(list);
  await until(() => node.textContent.includes('Reading…'));
  await model.refresh();
  await until(() => node.textContent.includes('Wait a moment.'));
  real.during(nothing);
  button(node, 'Try again')?.click();
  await until(() => node.textContent.includes('Dask on this machine'));
});

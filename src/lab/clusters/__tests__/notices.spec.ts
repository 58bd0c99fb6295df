import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it, vi } from 'vitest';
import { LossNotices } from '../notices';
import { cluster, loss, openRealClusters } from './real-clusters';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  Notification.dismiss();
  await Promise.all(opened.splice(0).map(one => one.dispose()));
});

async function open() {
  const real = await openRealClusters();
  opened.push(real);
  const actions = { advise: vi.fn(), report: vi.fn() };
  new LossNotices(real.model, actions, trans);
  const told = () => Notification.manager.notifications.map(({ message }) => message);
  return { ...real, actions, told };
}

it('tells of a worker that is lost now, and not of earlier ones', async () => {
  const { tell, told, actions } = await open();
  tell(cluster('c-1', { losses: { count: 1, newest: loss() } }));
  expect(told()).toEqual([]);
  tell(cluster('c-2'));
  tell(cluster('c-2', { losses: { count: 1, newest: loss() } }));
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('the c-2: KilledWorker');
  expect(told()[0]).toContain('at most 1.90 GB of 2.00 GB');
  const [notification] = Notification.manager.notifications;
  const labels = notification?.options.actions?.map(({ label }) => label);
  expect(labels).toEqual(['Run that file iteratively', 'Raise memory to 4GB…', 'Report']);
  notification?.options.actions?.[1]?.callback(new MouseEvent('click'));
  expect(actions.advise).toHaveBeenCalledWith('c-2', { kind: 'raise-memory', memory: '4GB' });
});

it('keeps one message for a cluster, and begins a new one after it was closed', async () => {
  const { tell, told } = await open();
  tell(cluster('c-1'));
  const early = loss({ isComplete: false, killed: false, cause: 'unknown', evidence: null });
  tell(cluster('c-1', { losses: { count: 1, newest: early } }));
  expect(told()[0]).toContain('The worker w-3 was lost');
  tell(cluster('c-1', { losses: { count: 2, newest: loss({ id: 'l-2' }) } }));
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('2 workers were lost so far.');
  Notification.dismiss();
  tell(cluster('c-1', { losses: { count: 3, newest: loss({ id: 'l-3' }) } }));
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('3 workers were lost so far.');
});

it('keeps a task that was given up in sight, whatever is lost after it', async () => {
  const { tell, told } = await open();
  tell(cluster('c-1'));
  tell(cluster('c-1', { losses: { count: 4, newest: loss() } }));
  const after = loss({ id: 'l-5', killed: false, cause: 'unknown' });
  tell(cluster('c-1', { losses: { count: 5, newest: after } }));
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('KilledWorker');
});

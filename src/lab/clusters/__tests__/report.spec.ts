import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, expect, it } from 'vitest';
import { RecordingNotices } from '../recording-notices';
import { reportName } from '../report';
import { cluster, openRealClusters } from './real-clusters';

const trans = nullTranslator.load('hepbatch');
const SINCE = '2026-11-25T12:00:00.000Z';
const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  Notification.dismiss();
  await Promise.all(opened.splice(0).map(one => one.dispose()));
});

it('names a report by its cluster and the time, as one file', () => {
  const now = new Date(2026, 2, 1, 9, 5, 7);
  expect(reportName('mine', now)).toBe('dask-report-mine-20260301_090507.html');
  expect(reportName('H → γγ/2017', now)).toBe('dask-report-H-γγ-2017-20260301_090507.html');
});

it('tells of a report that went with its cluster, and of no other', async () => {
  const { model, tell, ...real } = await openRealClusters();
  opened.push(real);
  new RecordingNotices(model, trans);
  const told = () => Notification.manager.notifications.map(({ message }) => message);
  tell(cluster('c-1', { recordingSince: SINCE }));
  tell(cluster('c-1', { recordingSince: null }));
  tell(cluster('c-1', { state: 'stopped' }));
  expect(told()).toEqual([]);
  tell(cluster('c-2', { recordingSince: SINCE }));
  tell(cluster('c-2', { state: 'lost' }));
  expect(told()).toHaveLength(1);
  expect(told()[0]).toContain('the c-2 ended while a performance report was recorded');
});

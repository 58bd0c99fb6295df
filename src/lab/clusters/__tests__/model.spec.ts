import { afterEach, expect, it } from 'vitest';
import { HepbatchError } from '../../../contract';
import { cluster, openRealClusters } from './real-clusters';

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(one => one.dispose()));
});

async function open() {
  const real = await openRealClusters();
  opened.push(real);
  return real;
}

it('knows what it is told, the newest first, each in its place', async () => {
  const { model, tell } = await open();
  expect(model.isLoaded).toBe(true);
  tell(cluster('c-1'));
  tell(cluster('c-2'));
  expect(model.clusters.map(({ id }) => id)).toEqual(['c-2', 'c-1']);
  tell(cluster('c-1', { state: 'stopping' }));
  expect(model.clusters.map(({ id }) => id)).toEqual(['c-2', 'c-1']);
  expect(model.find('c-1')?.state).toBe('stopping');
});

it('forgets what was removed, and asks again where news were missed', async () => {
  const { model, tell, events, asked } = await open();
  tell(cluster('c-1'));
  events.publish({ topic: 'cluster-removed', id: 'c-1' });
  expect(model.find('c-1')).toBeUndefined();
  tell(cluster('c-2'));
  const before = asked.filter(path => path === '/clusters').length;
  events.publish({ topic: 'reset' });
  await new Promise<void>(resolve => model.stateChanged.connect(() => resolve()));
  expect(asked.filter(path => path === '/clusters')).toHaveLength(before + 1);
  expect(model.find('c-2')).toBeUndefined();
});

it('believes what it was told while an answer was on its way', async () => {
  const { model, tell, during } = await open();
  during(() => tell(cluster('c-1', { summary: 'newer' })));
  await model.refresh();
  expect(model.find('c-1')?.summary).toBe('newer');
});

it('rejects with what the agent says, and keeps why the list could not be read', async () => {
  const { model, during } = await open();
  await expect(model.stop('c-9')).rejects.toMatchObject({ code: 'not-found' });
  during(() => {
    throw new HepbatchError('unreachable', 'the line broke', { next: 'Wait.' });
  });
  await model.refresh();
  expect(model.failure).toMatchObject({ code: 'unreachable', message: 'the line broke' });
  during(() => undefined);
  await model.refresh();
  expect(model.failure).toBeNull();
});

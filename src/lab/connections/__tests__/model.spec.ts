// @vitest-environment node
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { HepbatchError } from '../../../contract';
import type { Connection } from '../../../contract';
import { ConnectionsModel } from '../model';
import { connection, openRealConnections } from './real-connections';

const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => void one.dispose()));

/** A model on the real connections, whose events it hears. */
async function open() {
  const real = openRealConnections();
  const model = new ConnectionsModel(real.call, real.heard);
  opened.push(model, real.connections);
  let changes = 0;
  model.stateChanged.connect(() => (changes += 1));
  const state = (id: string) => model.find(id)?.state;
  const tell = (changed: Connection) =>
    real.events.publish({ topic: 'connection', connection: changed });
  await model.refresh();
  return { ...real, model, state, tell, changes: () => changes };
}

const mine = connection('mine', {}, { backend: 'vanilla-local' }).profile;

it('has the connections in the order of the agent, and says where it cannot use them', async () => {
  const { model } = await open();
  expect(model.isLoaded).toBe(true);
  expect(model.connections.slice(0, 2).map(({ profile }) => profile.id)).toEqual([
    'dask-local',
    'vanilla-local'
  ]);
  expect(model.find('dask-slurm')?.unusable).toContain('sbatch');
});

it('follows a connection as it opens, and closes', async () => {
  const { model, state } = await open();
  const answer = await model.open('dask-local');
  expect(['opening', 'open']).toContain(answer.state);
  await expect.poll(() => model.find('dask-local')?.details?.client).toBe('local');
  // One line serves all that lead to the same host.
  expect(state('vanilla-local')).toBe('open');
  await model.close('vanilla-local');
  expect(state('dask-local')).toBe('closed');
});

it('puts what is new at the end, and what changes where it was', async () => {
  const { model, tell } = await open();
  const ids = () => model.connections.map(({ profile }) => profile.id);
  const before = ids();
  tell(connection('dask-local', { state: 'lost' }));
  tell(connection('other'));
  expect(ids()).toEqual([...before, 'other']);
  expect(model.find('dask-local')?.state).toBe('lost');
});

it('does not fall back to an older answer after it heard something newer', async () => {
  const { model, state, tell, during } = await open();
  during(() => tell(connection('dask-local', { state: 'failed' })));
  await model.refresh();
  expect(state('dask-local')).toBe('failed');
  during(() => tell(connection('dask-local', { state: 'lost' })));
  await model.close('dask-local');
  expect(state('dask-local')).toBe('lost');
});

it('takes the answers where nothing is heard', async () => {
  const { model, state, deafen } = await open();
  deafen();
  await model.open('dask-local');
  expect(['opening', 'open']).toContain(state('dask-local'));
  await model.close('dask-local');
  expect(state('dask-local')).toBe('closed');
  await model.save(mine, null);
  expect(model.find('mine')?.origin).toBe('user');
  await model.save({ ...mine, id: 'other' }, 'mine');
  expect(model.find('mine')).toBeUndefined();
  await model.remove('other');
  expect(model.find('other')).toBeUndefined();
});

it('refuses what the agent refuses', async () => {
  const { model } = await open();
  await model.save(mine, null);
  await expect(model.save(mine, null)).rejects.toMatchObject({ code: 'conflict' });
  await expect(model.remove('dask-local')).rejects.toMatchObject({ code: 'denied' });
  await expect(model.open('dask-slurm')).rejects.toMatchObject({ code: 'unsupported' });
});

it('names the file of a fault, and loses it when the file is mended', async () => {
  const { model, config } = await open();
  const file = join(config, 'site.json');
  writeFileSync(file, '{"version": 1, "profiles": [{"id": 7}]}');
  await model.refresh();
  expect(model.problems[0]).toMatchObject({
    file,
    key: expect.stringContaining('profiles[0]') as string
  });
  expect(model.find('dask-local')).toBeDefined();
  writeFileSync(file, '{"version": 1}');
  await model.refresh();
  expect(model.problems).toEqual([]);
});

it('reads the aliases of ssh, of which there may be none', async () => {
  const { model } = await open();
  expect(await model.aliases()).toBeInstanceOf(Array);
});

it('keeps the list, and says why, where it cannot be read', async () => {
  const { model, during } = await open();
  during(() => {
    throw new HepbatchError('unreachable', 'the line broke', { next: 'Wait.' });
  });
  await model.refresh();
  expect(model.failure?.message).toBe('the line broke');
  expect(model.find('dask-local')).toBeDefined();
});

it('asks again after a reset, and hears nothing once it is disposed', async () => {
  const { model, heard, tell, changes, connections } = await open();
  await connections.save({ profile: mine, replaces: null });
  tell(connection('ghost'));
  heard.emit({ sequence: 0, topic: 'reset' });
  await expect.poll(() => model.find('ghost')).toBeUndefined();
  expect(model.find('mine')).toBeDefined();
  const before = changes();
  model.dispose();
  tell(connection('late'));
  expect(model.find('late')).toBeUndefined();
  expect(changes()).toBe(before);
});

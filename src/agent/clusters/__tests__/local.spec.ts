/** Clusters on this machine, through the real agent, the real supervisor and the real Dask. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clusters } from '../../../contract';
import type { Call } from '../../../contract';
import type { IAgent } from '../../serve';
import { User, until } from './served';
import { daskPython } from '../../__tests__/jobs-python';

let user: User;
let agent: IAgent;
let call: Call;
const python = daskPython();
const interpreter = { kind: 'python', path: python } as const;

beforeAll(async () => {
  user = await User.new();
  ({ agent, call } = await user.serve());
});

afterAll(async () => {
  await agent.close();
  await user.remove();
});

it('starts, scales, adapts, stops, and leaves nothing', { timeout: 120_000 }, async () => {
  const request = {
    connection: 'dask-local',
    name: 'mine',
    interpreter,
    options: { workers: 1, memory: '400MB' }
  };
  const preview = await call(clusters.preview, request);
  expect(preview).toMatchObject({ backend: 'dask-local', name: 'mine', script: null });
  const begun = await call(clusters.start, request);
  expect(begun).toMatchObject({ state: 'starting', name: 'mine', origin: 'ours' });
  const { id } = begun;
  const running = await until(
    call,
    id,
    ({ state, workers }) => state === 'running' && workers?.joined === 1
  );
  expect(running).toMatchObject({
    mode: { kind: 'fixed', workers: 1 },
    why: [],
    losses: { count: 0 }
  });
  const scaled = await call(clusters.scale, { id, workers: 2 });
  expect(scaled.mode).toEqual({ kind: 'fixed', workers: 2 });
  await until(call, id, ({ workers }) => workers?.joined === 2);
  await call(clusters.adapt, { id, minimum: 0, maximum: 3, idleSeconds: 1 });
  await until(call, id, ({ workers, mode }) => workers?.joined === 0 && mode?.kind === 'adaptive');
  await call(clusters.stop, { id });
  const stopped = await until(call, id, ({ state }) => state === 'stopped');
  expect(stopped).toMatchObject({ can: ['remove', 'logs'], failure: null, scheduler: null });
});

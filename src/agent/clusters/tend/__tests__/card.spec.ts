import { expect, it } from 'vitest';
import type { Cluster, Failure } from '../../../../contract';
import { Cluster as Checked } from '../../../../contract';
import { cardOf } from '../card';
import type { IPhase } from '../card';
import { NOTHING_SEEN } from '../seen';
import type { ISeen } from '../seen';
import { IDENTITY, description, job, loss, phase, record } from './made';

const GONE: Failure = { code: 'unreachable', message: 'gone', data: { next: 'Clean up.' } };
const WHY: Failure = { code: 'internal', message: 'no such module', data: { next: 'Install it.' } };

const heard = (change: Parameters<typeof description>[0] = {}): ISeen => ({
  description: description(change),
  heardAt: '2026-03-01T12:00:01.000Z',
  silent: null
});
const silent = (verdict: NonNullable<ISeen['silent']>['verdict'], seen = heard()): ISeen => ({
  ...seen,
  silent: { verdict, failure: GONE }
});
const dead = (change = {}) => ({ is: 'dead', record: record(change) }) as const;
const alive = { is: 'alive', record: record() } as const;

const RUNNING = ['scale', 'adapt', 'stop', 'logs', 'client', 'dashboard', 'report'];

it.each<[string, Partial<IPhase>, ISeen, Cluster['state'], string[]]>([
  ['nothing is known yet', { phase: 'begun' }, NOTHING_SEEN, 'starting', ['stop', 'logs']],
  ['it says that it starts', {}, heard({ state: 'starting' }), 'starting', ['stop', 'logs']],
  ['it runs', {}, heard(), 'running', RUNNING],
  ['somebody stops it', { stopping: true }, heard(), 'stopping', ['logs']],
  ['it says that it stops', {}, heard({ state: 'stopping' }), 'stopping', ['logs']],
  ['it was killed', {}, silent(dead()), 'lost', ['clean', 'logs']],
  ['it hears nothing any more', {}, silent(alive), 'lost', ['clean', 'logs']],
  ['its host cannot be asked', {}, silent(null), 'lost', []],
  ['it failed and waits to be asked', {}, heard({ state: 'failed' }), 'failed', ['stop', 'logs']],
  ['it failed and died', {}, silent(dead({ state: 'failed' })), 'failed', ['clean', 'logs']],
  ['it ended', { phase: 'ended' }, heard(), 'stopped', ['remove', 'logs']],
  ['it never began', { phase: 'ended', failure: WHY }, NOTHING_SEEN, 'failed', ['remove', 'logs']]
])('where %s', (_, change, seen, state, can) => {
  const card = cardOf(IDENTITY, phase(change), seen);
  expect(card).toMatchObject({ state, can });
  expect(Checked.parse(card)).toEqual(card);
});

it('says why it failed: what the start said, what it left, or what it says itself', () => {
  const failure = (change: Partial<IPhase>, seen: ISeen) =>
    cardOf(IDENTITY, phase(change), seen).failure;
  expect(failure({ phase: 'ended', failure: WHY }, NOTHING_SEEN)).toEqual(WHY);
  expect(failure({}, silent(dead({ state: 'failed', failure: WHY })))).toEqual(WHY);
  expect(failure({}, heard({ state: 'failed', failure: WHY }))).toEqual(WHY);
  expect(failure({}, silent(dead()))).toEqual(GONE);
  expect(failure({ phase: 'ended' }, silent(dead()))).toBeNull();
});

it('shows nothing of the past as present once it ended', () => {
  const ended = cardOf(
    IDENTITY,
    phase({ phase: 'ended', endedAt: '2026-03-02T00:00:00Z' }),
    heard()
  );
  expect(ended).toMatchObject({
    summary: 'stopped',
    workers: null,
    jobs: [],
    scheduler: null,
    stopsAt: null,
    endedAt: '2026-03-02T00:00:00Z'
  });
});

it('stops at whatever limit comes first, while it runs', () => {
  const [early, late] = ['2026-03-01T13:00:00.000Z', '2026-03-01T14:00:00.000Z'];
  const stopsAt = (change: object) => cardOf(IDENTITY, phase(), heard(change)).stopsAt;
  expect(stopsAt({ idleEndsAt: late, lifetimeEndsAt: early })).toBe(early);
  expect(stopsAt({ idleEndsAt: early, lifetimeEndsAt: late })).toBe(early);
  expect(stopsAt({ lifetimeEndsAt: late })).toBe(late);
  expect(stopsAt({})).toBeNull();
});

it('names its dashboard by its own id, and only where it has one', () => {
  const none = { address: 'tcp://10.0.0.1:1', tls: false, dashboard: null };
  const scheduler = (change = {}) => cardOf(IDENTITY, phase(), heard(change)).scheduler;
  expect(scheduler()).toMatchObject({ dashboard: 'c-1', tls: true, host: 'lxplus901' });
  expect(scheduler({ scheduler: none })).toMatchObject({ dashboard: null, tls: false });
});

it('tells of jobs, of the newest loss, and of the Python that it really runs in', () => {
  const jobs = [job(), job({ state: 'held', reason: 'parked' })];
  const losses = [loss({ id: 'old' }), loss({ id: 'new' })];
  const card = cardOf(IDENTITY, phase(), heard({ jobs, losses, why: ['1 job is held'] }));
  expect(card).toMatchObject({
    summary: '1 worker, 1 job held: parked',
    why: ['1 job is held'],
    losses: { count: 2, newest: { id: 'new' } },
    interpreter: { path: '/opt/python', versions: { python: '3.11.2', dask: '2026.1.1' } }
  });
});

it('keeps a KilledWorker in sight, whatever is lost after it', () => {
  const later = loss({ id: 'later', tasks: [], cause: 'unknown' });
  const losses = [loss({ id: 'killer' }), later];
  expect(cardOf(IDENTITY, phase(), heard({ losses })).losses.newest?.id).toBe('killer');
  expect(cardOf(IDENTITY, phase(), heard({ losses: [later] })).losses.newest?.id).toBe('later');
});

import { expect, it } from 'vitest';
import { ConnectionProfile } from '../../../../contract';
import type { HostDetails } from '../../../../contract';
import { credentialsStep, foldersStep, pythonStep, schedulerStep } from '../steps';

const now = new Date('2026-11-25T12:00:00Z');
const absent = { state: 'absent', reason: 'It is not there.' } as const;
const unknown = { state: 'unknown', reason: 'Nobody knows.' } as const;
const space = (freeBytes: number) =>
  ({ state: 'found', path: '/home/u', freeBytes, totalBytes: 1e12 }) as const;
const ticket = (minutes: number) =>
  ({
    state: 'found',
    principal: 'u@R',
    cache: 'c',
    expiresAt: new Date(now.getTime() + minutes * 60_000).toISOString()
  }) as const;

const details: HostDetails = {
  checkedAt: now.toISOString(),
  node: 'n',
  user: 'u',
  scheduler: { state: 'found', name: 'Slurm', version: '24.11.5', path: '/usr/bin/sbatch' },
  python: { state: 'found', version: '3.11.2', path: '/usr/bin/python3' },
  home: space(1e11),
  scratch: space(1e11),
  ticket: ticket(600),
  proxy: absent,
  roundTripMs: 1,
  client: 'local',
  clientWhy: ''
};
const profile = (backend: string, defaults = {}) =>
  ConnectionProfile.parse({ id: 'x', title: 'x', backend, host: { kind: 'local' }, defaults });

it('fails without the scheduler that is wanted, and does not know where nobody could tell', () => {
  const of = (backend: string, scheduler: HostDetails['scheduler']) =>
    schedulerStep(profile(backend), { ...details, scheduler }).state;
  expect(of('dask-slurm', details.scheduler)).toBe('ok');
  expect(of('dask-slurm', absent)).toBe('failed');
  expect(of('dask-slurm', unknown)).toBe('unknown');
  expect(of('vanilla-local', absent)).toBe('skipped');
});

it('fails without a Python that is named, or that Dask needs', () => {
  const of = (backend: string, defaults: object, python: HostDetails['python']) =>
    pythonStep(profile(backend, defaults), { ...details, python }).state;
  expect(of('vanilla-slurm', {}, details.python)).toBe('ok');
  expect(of('vanilla-slurm', {}, absent)).toBe('warning');
  expect(of('vanilla-slurm', { python: '/p' }, absent)).toBe('failed');
  expect(of('dask-slurm', {}, absent)).toBe('failed');
  expect(of('dask-slurm', {}, unknown)).toBe('unknown');
});

it('warns of little room', () => {
  expect(foldersStep(details)).toEqual({
    state: 'ok',
    words: 'home /home/u, 100.0 GB free; scratch /home/u, 100.0 GB free'
  });
  expect(foldersStep({ ...details, scratch: space(5e8) }).state).toBe('warning');
  expect(foldersStep({ ...details, home: unknown }).state).toBe('unknown');
  expect(foldersStep({ ...details, scratch: absent }).state).toBe('ok');
});

it('warns of a ticket that soon ends, where the batch system wants one', () => {
  const of = (backend: string, more: Partial<HostDetails>) =>
    credentialsStep(profile(backend), { ...details, ...more }, now);
  expect(of('vanilla-lxplus', {})).toEqual({
    state: 'ok',
    words: 'ticket for 10 h 0 min; VOMS proxy: It is not there.'
  });
  expect(of('vanilla-lxplus', { ticket: ticket(59) }).state).toBe('warning');
  expect(of('vanilla-lxplus', { ticket: absent }).state).toBe('warning');
  expect(of('vanilla-slurm', { ticket: absent }).state).toBe('ok');
  expect(of('vanilla-slurm', { proxy: unknown }).state).toBe('unknown');
});

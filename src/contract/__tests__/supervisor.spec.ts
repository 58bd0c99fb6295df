/** The protocol of the supervisor as the agent sees it; Python's tests hold the other side to it. */
import { describe, expect, it } from 'vitest';
import {
  ClusterEvent,
  ClusterMode,
  ClusterBackend,
  PageAddress,
  SUPERVISOR_COMMANDS,
  SupervisorRequest
} from '..';

const request = (backend: string, options: object, more: object = {}) =>
  SupervisorRequest.safeParse({
    version: 1,
    id: 'c-17',
    name: 'Higgs, tags & all',
    backend,
    folder: '/afs/cern.ch/user/u/user/.local/state/hepbatch/clusters/c-17',
    options,
    ...more
  });

describe('a request', () => {
  it.each(ClusterBackend.options)('of %s needs nothing in its form, and is then safe', backend => {
    const asked = request(backend, {});
    expect(asked.data?.options.tls).toBe(true);
  });

  it('has no field of another backend', () => {
    expect(request('dask-slurm', { partition: 'short' }).success).toBe(true);
    expect(request('dask-local', { partition: 'short' }).success).toBe(false);
    expect(request('dask-lxplus', { flavour: 'workday' }).success).toBe(true);
    expect(request('dask-htcondor', { flavour: 'workday' }).success).toBe(false);
    expect(request('dask-lxplus', { flavour: 'weekend' }).success).toBe(false);
  });

  it('has no path that could end a word of a job script', () => {
    for (const folder of ['relative', '/a b', '/a"b', "/a'b", '/a\nb', '/a$b', '/a;b']) {
      expect(request('dask-local', {}, { folder }).success, folder).toBe(false);
      expect(request('dask-local', { logFolder: folder }).success, folder).toBe(false);
    }
  });

  it('has no id that is more than a name', () => {
    for (const id of ['', 'C', '-c', '../c', 'c.d', 'c'.repeat(33)]) {
      expect(request('dask-local', {}, { id }).success, id).toBe(false);
    }
  });

  it('fills in the bounds of adaptive scaling', () => {
    const asked = request('dask-local', { adaptive: { maximum: 20 } });
    expect(asked.data?.options.adaptive).toEqual({ minimum: 0, maximum: 20, idleSeconds: 60 });
  });
});

describe('what a supervisor says', () => {
  it('is refused where it has a field too many or too few', () => {
    const fixed = { kind: 'fixed', workers: 2 };
    expect(ClusterMode.safeParse(fixed).success).toBe(true);
    expect(ClusterMode.safeParse({ ...fixed, minimum: 0 }).success).toBe(false);
    expect(ClusterMode.safeParse({ kind: 'adaptive', minimum: 0 }).success).toBe(false);
  });

  it('is an event of a topic that is known', () => {
    const event = { sequence: 1, at: '2026-11-25T20:01:29.123Z' };
    expect(ClusterEvent.safeParse({ ...event, topic: 'reset' }).success).toBe(true);
    expect(ClusterEvent.safeParse({ ...event, topic: 'weather' }).success).toBe(false);
    expect(ClusterEvent.safeParse({ ...event, topic: 'state', state: 'lost' }).success).toBe(false);
  });

  it('names a page by a socket or by host and port, never by both', () => {
    expect(PageAddress.safeParse({ socketPath: '/tmp/x.sock' }).success).toBe(true);
    expect(PageAddress.safeParse({ host: 'b9g37p1', port: 8787 }).success).toBe(true);
    const both = { socketPath: '/tmp/x.sock', host: 'b9g37p1', port: 8787 };
    expect(PageAddress.safeParse(both).success).toBe(false);
  });
});

it('every command has a body that can be left empty, or says what it needs', () => {
  const needs = Object.entries(SUPERVISOR_COMMANDS).flatMap(([name, { body }]) =>
    body.safeParse({}).success ? [] : [name]
  );
  expect(needs).toEqual(['scale', 'adapt', 'log', 'explain', 'record', 'reportPiece', 'follow']);
});

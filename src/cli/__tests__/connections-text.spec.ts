import { expect, it } from 'vitest';
import { ConnectionProfile } from '../../contract';
import type { Connection } from '../../contract';
import { connectionsText, stepText, timeLeft } from '../connections-text';

const now = new Date('2026-11-25T12:00:00Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
const profile = (more: object) =>
  ConnectionProfile.parse({
    id: 'naf',
    title: 'NAF',
    backend: 'vanilla-htcondor',
    host: { kind: 'ssh', destination: 'naf.example.org', user: 'me', port: 2222 },
    ...more
  });
const closed: Connection = {
  profile: profile({}),
  origin: 'user',
  file: '/x',
  unusable: null,
  state: 'closed',
  failure: null,
  nextTryAt: null,
  paused: false,
  openedAt: null,
  details: null
};
const failure = { code: 'connection-lost', message: 'It is gone.', data: { next: '' } } as const;
const lines = (...all: Partial<Connection>[]) =>
  connectionsText(
    all.map(more => ({ ...closed, ...more })),
    now
  ).split('\n');

it('is a table, with the reason of what cannot be used', () => {
  expect(lines({}, { profile: profile({ id: 'a' }), unusable: 'ssh is not on PATH' })).toEqual([
    'name  state   host                     backend   title',
    'naf   closed  me@naf.example.org:2222  HTCondor  NAF',
    'a     -       me@naf.example.org:2222  HTCondor  NAF (ssh is not on PATH)',
    ''
  ]);
});

it('says below a lost connection why, and what comes next', () => {
  const lost = { state: 'lost', failure } as const;
  expect(lines({ ...lost, nextTryAt: at(7.2) }).slice(2, 4)).toEqual([
    '    It is gone.',
    '    it is tried again in 8 s'
  ]);
  expect(lines({ ...lost, paused: true })[3]).toBe('    it waits for you: open it again');
});

it('says below an open one what was found', () => {
  const found = lines({
    state: 'open',
    details: {
      checkedAt: at(0),
      node: 'naf01',
      user: 'me',
      scheduler: { state: 'found', name: 'HTCondor', version: '24.0', path: '/usr/bin/x' },
      python: { state: 'unknown', reason: '' },
      home: { state: 'unknown', reason: '' },
      scratch: { state: 'unknown', reason: '' },
      ticket: { state: 'found', principal: 'me@DESY.DE', cache: 'c', expiresAt: at(3661) },
      proxy: { state: 'absent', reason: '' },
      roundTripMs: 12.34,
      client: 'ssh2',
      clientWhy: 'chosen'
    }
  });
  expect(found.slice(2, 5)).toEqual([
    '    me on naf01 by ssh2 (chosen), round trip 12.3 ms',
    '    HTCondor 24.0',
    '    ticket of me@DESY.DE, 1 h 1 min left'
  ]);
});

it('shows control characters of a host as text', () => {
  const evil = { ...failure, message: 'a\u001b[31mb\rc\u202ed' };
  const shown = lines({ state: 'failed', failure: evil }).join('\n');
  expect(shown).toContain('a\\u001b[31mb\\rc\\u202ed');
  const step = { name: 'connect', state: 'failed', words: '\u0007', seconds: 1.25 } as const;
  expect(stepText(step)).toBe('FAIL  connect        \\u0007 (1.3 s)');
});

it('counts no time below zero', () => {
  expect(timeLeft(at(-5), now)).toBe('0 h 0 min left');
});

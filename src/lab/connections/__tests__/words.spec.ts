// @vitest-environment node
import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { BACKENDS, ConnectionState } from '../../../contract';
import { backendWords, hostWords, profileWords, spanWords, stateWord } from '../words';
import { connection } from './real-connections';

const trans = nullTranslator.load('hepbatch');
const ssh = (over: object) =>
  connection('x', {}, { host: { kind: 'ssh', destination: 'lxplus.cern.ch', ...over } }).profile;

it('names every backend and every state, each in words of its own', () => {
  const backends = BACKENDS.map(backend => backendWords(backend, 'ssh', trans));
  expect(new Set(backends).size).toBe(BACKENDS.length);
  expect(backendWords('dask-htcondor', 'ssh', trans)).toBe('Dask on HTCondor');
  expect(backendWords('vanilla-lxplus', 'ssh', trans)).toBe('Vanilla LXPLUS');
  const states = ConnectionState.options.map(state => stateWord(state, trans));
  expect(new Set(states).size).toBe(ConnectionState.options.length);
});

it('says which machine, once', () => {
  expect(profileWords(connection('x').profile, trans)).toBe('Dask on this machine');
  const slurm = connection('x', {}, { backend: 'vanilla-slurm' }).profile;
  expect(profileWords(slurm, trans)).toBe('Vanilla Slurm · this machine');
  expect(profileWords(ssh({}), trans)).toBe('Dask on lxplus.cern.ch');
  expect(backendWords('vanilla-local', 'ssh', trans)).toBe('Vanilla on the host itself');
});

it('names a host as ssh would be told', () => {
  const { host } = ssh({ user: 'me', port: 2222, jump: 'gate' });
  expect(hostWords(host, trans)).toBe('me@lxplus.cern.ch:2222 through gate');
});

it('gives spans in few digits', () => {
  const spans = [-5, 900, 59_000, 61_000, 1_200_000, 3_600_000, 100_000_000, 2e8];
  expect(spans.map(ms => spanWords(ms, trans))).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min 1 s',
    '20 min',
    '1 h 0 min',
    '27 h 46 min',
    '2 d'
  ]);
});

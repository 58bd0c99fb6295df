import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HepbatchError } from '../../contract';
import { Log } from '../log';

const NOON = '2026-03-01T12:00:00.000Z';
const fresh = () => mkdtemp(join(tmpdir(), 'log-'));
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);

it('writes a JSON line each, with the cause of an error, for this user only', async () => {
  const log = new Log(await fresh(), () => new Date(NOON));
  log.info('one\ntwo');
  const cause = new Error('ECONNRESET');
  log.error('GET /x', new HepbatchError('unreachable', 'no answer', { next: '' }, { cause }));
  log.warn('odd', 'not an error');
  const lines = await linesOf(log.path);
  expect(lines).toMatchObject([
    { at: NOON, level: 'info', pid: process.pid, message: 'one\ntwo' },
    {
      level: 'error',
      error: expect.stringMatching(/\[unreachable\].*no answer.*caused by.*ECONNRESET/s) as string
    },
    { level: 'warn', error: 'not an error' }
  ]);
  expect((await stat(log.path)).mode & 0o777).toBe(0o600);
});

it('moves a full log aside once, and loses no line', async () => {
  const log = new Log(await fresh(), () => new Date(NOON), 2000);
  for (let i = 0; i < 30; i++) {
    log.info(`${i}`);
  }
  const messages = [...(await linesOf(`${log.path}.1`)), ...(await linesOf(log.path))].map(
    line => line['message']
  );
  expect(messages).toEqual(Array.from({ length: 30 }, (_, i) => `${i}`));
  expect((await stat(`${log.path}.1`)).size).toBeLessThan(2200);
});

it('keeps what looks like a secret out, and cuts what is endless', async () => {
  const log = new Log(await fresh());
  log.warn('x'.repeat(20_000));
  log.error('Authorization: Bearer abc123', new Error('{"password": "hunter two"} token=xyz'));
  const text = await readFile(log.path, 'utf8');
  expect(text).not.toMatch(/abc123|hunter|xyz/);
  expect(text.length).toBeLessThan(12_000);
});

it('never throws, whatever happens to its folder', () => {
  const log = new Log('/dev/null/x');
  expect(() => log.error('lost', new Error('lost'))).not.toThrow();
});

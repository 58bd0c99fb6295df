import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { LocalHost } from '../../connections/hosts/local';
import { HostPlaces } from '../host-places';
import { Logs } from '../logs';
import { IDENTITY, phase } from '../tend/__tests__/made';
import { Tended } from '../tend/tended';

const id = 'c-1';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let folder = '';
let logs: Logs;

/** The logs of a cluster that ended, in a real folder: nobody answers for it any more. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
  await mkdir(join(folder, 'logs'));
  const host = new LocalHost({ env: {}, home: folder });
  const tended = new Tended({
    identity: { ...IDENTITY, folder },
    phase: phase({ phase: 'ended' }),
    folder,
    isLaunching: false,
    host: () => Promise.resolve(host),
    places: new HostPlaces({
      stateFolder: folder,
      program: () => Promise.resolve(Buffer.alloc(0))
    }),
    log: quiet,
    isListened: () => false,
    now: () => new Date(),
    changed: () => undefined,
    advanced: () => undefined
  });
  logs = new Logs({ need: () => tended });
});

const write = (name: string, text: string | Buffer) => writeFile(join(folder, 'logs', name), text);
const read = (log: string, offset: number, most = 65_536) => logs.read({ id, log, offset, most });

it('lists what a supervisor would have listed, and nothing else that lies there', async () => {
  await write('worker-1234.0.err', 'Start worker');
  await write('worker-1234.0.log', '000 (1234.000.000)');
  await write('hepbatch-c-1-345.out', 'x');
  await write('scheduler.log', '');
  await write('key.pem', 'secret');
  await mkdir(join(folder, 'logs', 'worker-9.out'));
  const listed = (await logs.list(id)).logs.map(log => [
    log.id,
    log.kind,
    log.job,
    log.stream,
    log.bytes
  ]);
  expect(listed).toEqual([
    ['hepbatch-c-1-345.out', 'job', '345', 'output', 1],
    ['scheduler.log', 'scheduler', null, 'output', 0],
    ['worker-1234.0.err', 'job', '1234.0', 'error', 12],
    ['worker-1234.0.log', 'job', '1234.0', 'events', 18]
  ]);
});

it('has none where none were written', async () => {
  await rm(join(folder, 'logs'), { recursive: true });
  expect(await logs.list(id)).toEqual({ logs: [] });
});

it('reads from a place or from the end, and tears no character', async () => {
  await write('scheduler.log', 'aé€𝄞z');
  expect(await read('scheduler.log', 0)).toEqual({ text: 'aé€𝄞z', offset: 0, next: 11, size: 11 });
  expect(await read('scheduler.log', 0, 8)).toMatchObject({ text: 'aé€', next: 6 });
  expect(await read('scheduler.log', 6, 4)).toMatchObject({ text: '𝄞', next: 10 });
  expect(await read('scheduler.log', -1)).toMatchObject({ text: 'z', offset: 10 });
  expect(await read('scheduler.log', 99)).toEqual({ text: '', offset: 11, next: 11, size: 11 });
});

it.each(['../record.json', 'key.pem', '/etc/passwd', 'worker-1/../../record.json', ''])(
  'does not read %j',
  async log => {
    await write('key.pem', 'secret');
    await expect(read(log, 0)).rejects.toMatchObject({ code: 'not-found' });
  }
);

it('finds lines in all logs, also where a piece ends within one', async () => {
  const line = 'x'.repeat(99) + '\n';
  const before = line.repeat(2621) + 'y'.repeat(30); // a piece has 262,144 bytes
  await write('scheduler.log', `${before} needle é here\nlast NEEDLE`);
  await write('worker-1.err', 'no\nneedle\n');
  const found = await logs.search({ id, text: 'Needle', most: 10 });
  expect(found).toEqual({
    cut: false,
    lines: [
      { log: 'scheduler.log', offset: 262_100, text: `${'y'.repeat(30)} needle é here` },
      { log: 'scheduler.log', offset: 262_146, text: 'last NEEDLE' },
      { log: 'worker-1.err', offset: 3, text: 'needle' }
    ]
  });
  const first = await logs.search({ id, text: 'needle', most: 1 });
  expect(first).toMatchObject({ cut: true, lines: [{ offset: 262_100 }] });
});

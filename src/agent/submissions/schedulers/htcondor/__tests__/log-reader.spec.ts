import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalHost } from '../../../../connections/hosts/local';
import { golden } from '../../../__tests__/golden';
import { parseEvents } from '../event-log';
import { LOG_BEGIN, LogPlace, readLog } from '../log-reader';

const text = (name: string) => golden('htcondor-23.9.6', `event-log-${name}`).stdout;
const eventsOf = (data: string) => parseEvents(Buffer.from(data)).events;

describe('following a log', () => {
  const host = new LocalHost({ env: process.env, home: '/' });
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-'));
    path = join(folder, 'AN.7.log');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('a log that is not there yet has no news', async () => {
    expect(await readLog(host, path, LOG_BEGIN)).toEqual({
      events: [],
      place: LOG_BEGIN,
      isAnew: false
    });
  });

  it('only what is new is told, an event when its end is written', async () => {
    const whole = text('evicted');
    writeFileSync(path, whole.slice(0, 300));
    const first = await readLog(host, path, LOG_BEGIN);
    appendFileSync(path, whole.slice(300));
    const place = LogPlace.parse(JSON.parse(JSON.stringify(first.place))); // over a restart
    const second = await readLog(host, path, place);
    expect(first.events.length).toBeGreaterThan(0);
    expect([...first.events, ...second.events]).toEqual(eventsOf(whole));
    expect(await readLog(host, path, second.place)).toMatchObject({ events: [], isAnew: false });
  });

  it('a rotated log: its end comes from the old file, then the new one', async () => {
    const [before, after] = [text('evicted'), text('failed')];
    writeFileSync(path, before.slice(0, 700));
    const first = await readLog(host, path, LOG_BEGIN);
    appendFileSync(path, before.slice(700));
    renameSync(path, `${path}.old`);
    writeFileSync(path, after);
    const second = await readLog(host, path, first.place);
    expect(second.isAnew).toBe(true);
    expect([...first.events, ...second.events]).toEqual(eventsOf(before + after));
    expect((await readLog(host, path, second.place)).events).toEqual([]);
  });

  it('a log that is away for a moment keeps its place', async () => {
    writeFileSync(path, text('held'));
    const { place } = await readLog(host, path, LOG_BEGIN);
    renameSync(path, `${path}.old`);
    expect(await readLog(host, path, place)).toEqual({ events: [], place, isAnew: false });
  });

  it('a truncated log is read from its beginning, however long it has become again', async () => {
    writeFileSync(path, text('failed'));
    const { place } = await readLog(host, path, LOG_BEGIN);
    const longer = text('evicted');
    expect(longer.length).toBeGreaterThan(place.offset);
    for (const now of [longer.slice(0, 300), longer]) {
      writeFileSync(path, now);
      const news = await readLog(host, path, place);
      expect(news).toMatchObject({ isAnew: true });
      expect(news.events).toEqual(eventsOf(now));
    }
    writeFileSync(path, text('failed').slice(0, 700)); // the same beginning, and shorter
    expect(await readLog(host, path, place)).toMatchObject({ isAnew: true });
    writeFileSync(path, '');
    expect(await readLog(host, path, place)).toMatchObject({ events: [], place: LOG_BEGIN });
  });
});

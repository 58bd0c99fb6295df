import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineOf, readEntries } from '../entries';
import type { Created, Entry } from '../entries';
import { Journal } from '../journal';
import { clustersOf } from '../state';

const CREATED: Created = {
  type: 'created',
  at: 1,
  version: 1,
  token: 't-1',
  scheduler: 'htcondor',
  schedd: 'a',
  folder: '/f',
  jobsFolder: '/f/jobs',
  clusters: ['AN-é\n1', 'AN-2'].map(name => ({
    name,
    jobs: 3,
    submitFile: `/f/jobs/${name}.sub`,
    record: `/f/jobs/${name}.cluster`
  }))
};
const NAME = 'AN-é\n1';
const LATER: readonly Entry[] = [
  { type: 'intent', at: 2, name: NAME, attempt: 1, node: 'n', pid: 5 },
  { type: 'unknown', at: 3, name: NAME, why: 'lost "the line"\n' },
  { type: 'missed', at: 4, name: NAME, since: 3 },
  { type: 'absent', at: 5, name: NAME },
  { type: 'intent', at: 6, name: NAME, attempt: 2, node: 'n', pid: 5 },
  {
    ...{ type: 'submitted', at: 7, name: NAME, how: 'answered' },
    ...{ cluster: { schedd: 'a', id: '12' }, surplus: [], warnings: ['w'] }
  },
  { type: 'fenced', at: 8, name: NAME }
];
const ALL: readonly Entry[] = [CREATED, ...LATER];

describe('the journal on disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = async () => {
    const journal = await Journal.create(folder, CREATED);
    for (const entry of LATER) {
      await journal.append(entry);
    }
    return readFileSync(join(folder, 'journal.jsonl'));
  };

  it('what was appended is read again, by another process too', async () => {
    await write();
    expect((await Journal.open(folder)).entries).toEqual(ALL);
    await expect(Journal.create(folder, CREATED)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cut at every byte it holds exactly what was whole, and goes on from there', async () => {
    const data = await write();
    const ends = ALL.map((_, count) =>
      ALL.slice(0, count + 1)
        .map(lineOf)
        .join('')
    );
    const first = Buffer.byteLength(ends[0] ?? '');
    const path = join(folder, 'journal.jsonl');
    for (let cut = 0; cut <= data.length; cut++) {
      const whole = ends.filter(text => Buffer.byteLength(text) <= cut).length;
      const { entries } = readEntries(data.subarray(0, cut));
      expect(entries).toEqual(ALL.slice(0, whole));
      // On disk in steps, for time's sake; each boundary and its neighbours among them.
      const isNear = ends.some(text => Math.abs(Buffer.byteLength(text) - cut) < 2);
      if (cut >= first && (isNear || cut % 37 === 0)) {
        writeFileSync(path, data.subarray(0, cut));
        const journal = await Journal.open(folder);
        await journal.append({ type: 'absent', at: 99, name: 'AN-2' });
        const added = lineOf({ type: 'absent', at: 99, name: 'AN-2' });
        expect(readFileSync(path, 'utf8')).toBe((ends[whole - 1] ?? '') + added);
        expect((await Journal.open(folder)).entries).toEqual([
          ...ALL.slice(0, whole),
          { type: 'absent', at: 99, name: 'AN-2' }
        ]);
      }
    }
  });

  it('a tail that the disk filled with anything but line ends is not there', async () => {
    const data = await write();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
        const tail = noise.filter(byte => byte !== 0x0a);
        expect(readEntries(Buffer.concat([data, tail])).entries).toEqual(ALL);
        expect(
          readEntries(Buffer.concat([data, Buffer.from('\0{'), tail, Buffer.from('\n')])).entries
        ).toEqual(ALL);
      })
    );
  });

  it('a line in the middle that is none is corrupt, and so is a journal without a beginning', async () => {
    const [first = '', ...rest] = (await write()).toString().split('\n');
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, [first, '{"type":', ...rest].join('\n'));
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'corrupt' });
    writeFileSync(path, rest.join('\n'));
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'corrupt' });
    writeFileSync(path, '');
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it("what is added at once is there line after line, and one that is not stands in nobody's way", async () => {
    const journal = await Journal.create(folder, CREATED);
    const isAdded = LATER.map(entry => journal.append(entry));
    await Promise.all(isAdded);
    expect(journal.entries).toEqual(ALL);
    const path = join(folder, 'journal.jsonl');
    const data = readFileSync(path);
    expect(readEntries(data).entries).toEqual(ALL);
    const last = { type: 'absent', at: 99, name: 'AN-2' } as const;
    writeFileSync(path, lineOf(CREATED));
    const failed = journal.append(last);
    await expect(failed).rejects.toMatchObject({ code: 'corrupt' });
    writeFileSync(path, data);
    await journal.append(last);
    expect((await Journal.open(folder)).entries).toEqual([...ALL, last]);
  });

  it('a journal that became shorter is not written over', async () => {
    await write();
    const journal = await Journal.open(folder);
    writeFileSync(join(folder, 'journal.jsonl'), lineOf(CREATED));
    await expect(journal.append({ type: 'absent', at: 9, name: 'AN-2' })).rejects.toMatchObject({
      code: 'corrupt'
    });
  });
});

describe('what the entries make of a cluster', () => {
  const states = (count: number) => clustersOf(ALL.slice(0, count)).map(({ state }) => state);

  it('goes from state to state, and the other cluster stays', () => {
    const steps = ALL.map((_, at) => states(at + 1)[0]);
    expect(steps).toEqual([
      ...['prepared', 'submitting', 'unknown', 'unknown', 'absent', 'submitting'],
      ...['submitted', 'submitted']
    ]);
    expect(ALL.map((_, at) => states(at + 1)[1])).toEqual(ALL.map(() => 'prepared'));
  });

  it('looks before the last attempt count no more', () => {
    const [before] = clustersOf(ALL.slice(0, 4));
    const [after] = clustersOf(ALL.slice(0, 6));
    expect(before?.missed).toEqual([3]);
    expect(after).toMatchObject({ missed: [], attempts: 2, triedAt: 6 });
    expect(clustersOf(ALL)[0]).toMatchObject({
      cluster: { schedd: 'a', id: '12' },
      isFenced: true
    });
  });
});

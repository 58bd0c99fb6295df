import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { thisMachine } from '../../there/__tests__/here';
import type { IDasOptions } from '../das';
import { DasSource } from '../das';
import { dasHere, dasThere, findDasHere, findDasThere } from '../das-program';

const FAKE = resolve('testbed/fakes/dasgoclient');
const A = '/GJet/Run3-v1/NANOAODSIM';
const B = '/GJet/Run3-v2/NANOAODSIM';
const PRIVATE = '/GJet/me-mine-0123abcd/USER';
const inA = (name: string) => `/store/mc/Run3/GJet/NANOAODSIM/v1/10000/${name}.root`;
const inB = (name: string) => `/store/mc/Run3/GJet/NANOAODSIM/v2/10000/${name}.root`;
const mine = (name: string) => `/store/user/me/mine/250827_091036/0000/${name}.root`;
const url = (lfn: string) => `root://host/${lfn}`;
/** A call of the fake client, or (argv null) the end of one. */
const Call = z.object({ argv: z.array(z.string()).nullable(), at: z.number() });
const FINE = {
  [A]: { files: { [inA('a')]: 100, [inA('b')]: 2.5e9, [inA('n')]: null } },
  [B]: { files: { [inB('c')]: 7 } },
  [PRIVATE]: { status: 'INVALID', files: { [mine('nano_1')]: 9 } }
};

/** Options of a test; the program is a path. */
type IMore = Partial<Omit<IDasOptions, 'program'>> & { program?: string };

/** This machine as a host with that environment. */
const there = (env: Record<string, string>) => ({ key: 'there', host: thisMachine(env) });

const WAYS = {
  here: { program: dasHere, find: findDasHere },
  there: {
    program: (path: string, env: Record<string, string>) => dasThere(there(env), path),
    find: (env: Record<string, string>) => findDasThere(there(env))
  }
};

describe.each(['here', 'there'] as const)('a dasgoclient that is %s', where => {
  const { program: dasProgram, find } = WAYS[where];

  /** A source that asks the fake client, with a fresh cache. */
  async function fresh(datasets: object, { program = FAKE, ...more }: IMore = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'das-'));
    const [data, log] = [join(folder, 'data.json'), join(folder, 'log')];
    const tell = (say: object) => writeFile(data, JSON.stringify({ datasets: say, log }));
    await tell(datasets);
    const warnings: string[] = [];
    const env = { PATH: process.env['PATH'] ?? '', FAKE_DAS_DATA: data };
    const make = ({ program: other = program, ...again }: IMore = {}) =>
      new DasSource({
        program: dasProgram(other, env),
        cacheFolder: folder,
        timeoutMs: 20_000,
        now: () => 1e12,
        warn: text => warnings.push(text),
        ...more,
        ...again
      });
    const calls = async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      return text.split('\n').flatMap(line => (line ? [Call.parse(JSON.parse(line)).argv] : []));
    };
    return { folder, make, tell, calls, warnings };
  }

  const never = new AbortController().signal;

  it('asks once per DAS dataset, one argument each, and knows what it does not know (AUD-1)', async () => {
    const { make, calls } = await fresh(FINE);
    const source = make();
    const urls = [url(inA('a')), '/local/x.root', url(inB('c')), url(inA('gone')), url(inA('n'))];
    const [one, two] = await Promise.all([
      source.events('GJet', urls, never),
      source.events('again', [`/eos/cms${inA('b')}`], never)
    ]);
    expect(one).toEqual({
      state: 'known',
      events: [100, null, 7, null, null],
      unreadable: new Map()
    });
    expect(two).toMatchObject({ events: [2.5e9] });
    expect((await calls()).sort()).toEqual([
      [`-query=file status=* dataset=${A} | grep file.name | grep file.nevents`],
      [`-query=file status=* dataset=${B} | grep file.name | grep file.nevents`]
    ]);
  });

  it('looks private files up by their directory, in the other instance, and warns of their status', async () => {
    const { make, calls, warnings } = await fresh(FINE);
    const urls = [url(mine('nano_1')), url(mine('nano_2')), url('/store/user/you/x/0000/y.root')];
    expect(await make().events('x', urls, never)).toMatchObject({ events: [9, null, null] });
    expect(warnings).toEqual([expect.stringContaining(`${PRIVATE} is INVALID`)]);
    expect(await calls()).toContainEqual([
      `-query=file status=* dataset=${PRIVATE} instance=prod/phys03 | grep file.name | grep file.nevents`
    ]);
    expect(await calls()).toHaveLength(3);
  });

  it.each([
    ['error-line', 'unable to fetch records', 2],
    ['exit-15', 'voms-proxy-init -voms cms', 1],
    ['proxy-exit-0', 'voms-proxy-init -voms cms', 1],
    ['html', '502 Gateway Error', 2],
    ['log-line', 'DAS maps', 2],
    ['garbage', 'no file with its number', 2],
    ['exit-1', 'exit status 1', 2],
    ['killed', 'SIGKILL', 2]
  ])('%s makes the dataset unknown, and only that (AUD-2, AUD-3)', async (fault, word, tries) => {
    const { make, calls } = await fresh({ ...FINE, [A]: { ...FINE[A], fault } });
    const source = make();
    const bad = await source.events('bad', [url(inA('a')), url(inB('c'))], never);
    expect(bad).toEqual({ state: 'unknown', reason: expect.stringContaining(word) as unknown });
    expect(bad).toMatchObject({ reason: expect.stringContaining(A) as unknown });
    expect(await source.events('fine', [url(inB('c'))], never)).toMatchObject({ events: [7] });
    expect(await calls()).toHaveLength(tries + 1);
  });

  it('tries a second time, and believes the second answer', async () => {
    const { make } = await fresh({ [A]: { ...FINE[A], fault_first: 'error-line' } });
    expect(await make().events('x', [url(inA('a'))], never)).toMatchObject({ events: [100] });
  });

  it('takes an empty answer for no answer, but follows the file to its real dataset', async () => {
    const moved = await fresh({ [B]: { files: { [inA('a')]: 5 } } });
    expect(await moved.make().events('x', [url(inA('a'))], never)).toMatchObject({ events: [5] });
    const empty = await fresh({});
    const answer = await empty.make().events('x', [url(inA('a'))], never);
    expect(answer).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining(A) as unknown
    });
  });

  /** Clients and their children that run now; a test before may have left some behind. */
  const running = () =>
    execFileSync('ps', ['-eo', 'stat=,pid=,args='])
      .toString()
      .split('\n')
      .filter(line => [A, 'sleep 3141'].some(word => line.includes(word)) && !line.startsWith('Z'));
  const others = running();
  const left = () => running().filter(line => !others.includes(line));

  it('ends a client that hangs, with its children, after two tries (AUD-4)', async () => {
    const faults = { [A]: { ...FINE[A], fault: 'grandchild' } };
    const { make, calls } = await fresh(faults, { timeoutMs: 1500 });
    const answer = await make().events('x', [url(inA('a'))], never);
    expect(answer).toMatchObject({ reason: expect.stringContaining('within 1.5 s') as unknown });
    expect(await calls()).toHaveLength(2);
    expect(left()).toEqual([]);
  });

  it('ends everything when the audit is cancelled', async () => {
    const { make, calls } = await fresh({ [A]: { ...FINE[A], fault: 'grandchild' } });
    const stop = new AbortController();
    const asked = make().events('x', [url(inA('a'))], stop.signal);
    await expect.poll(async () => (await calls()).length, { timeout: 10_000 }).toBe(1);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(left()).toEqual([]);
  });

  it('runs at most four clients at once', async () => {
    const many = Array.from({ length: 9 }, (_, i) => `/P/E-v${i}/T`);
    const lfn = (i: number) => `/store/mc/E/P/T/v${i}/10000/a.root`;
    const { make, calls } = await fresh(
      Object.fromEntries(many.map((name, i) => [name, { files: { [lfn(i)]: i }, seconds: 0.5 }]))
    );
    const answers = await make().events(
      'x',
      many.map((_, i) => url(lfn(i))),
      never
    );
    let open = 0;
    const levels = (await calls()).map(argv => (open += argv === null ? -1 : 1));
    const most = Math.max(...levels);
    expect(answers).toMatchObject({ events: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('remembers good answers for twelve hours, for this client only, while they have what is wanted', async () => {
    const { folder, make, tell, calls } = await fresh(FINE);
    const ask = (source: DasSource, ...names: string[]) =>
      source.events(
        'x',
        names.map(name => url(inA(name))),
        never
      );
    await ask(make(), 'a');
    await tell({ [A]: { files: { [inA('a')]: 1, [inA('new')]: 2 } } });
    expect(await ask(make(), 'a')).toMatchObject({ events: [100] });
    expect(await calls()).toHaveLength(1);
    expect(await ask(make({ now: () => 1e12 + 13 * 3_600_000 }), 'a')).toMatchObject({
      events: [1]
    });
    expect(await calls()).toHaveLength(2);
    await tell({ [A]: { files: { [inA('newer')]: 3 } } });
    expect(await ask(make({ now: () => 1e12 + 13 * 3_600_000 }), 'newer')).toMatchObject({
      events: [3]
    });
    const other = join(folder, 'another-dasgoclient');
    await copyFile(FAKE, other);
    await tell({ [A]: { files: { [inA('newer')]: 4 } } });
    expect(await ask(make({ program: other }), 'newer')).toMatchObject({ events: [4] });
    expect(await calls()).toHaveLength(4);
    for (const name of await readdir(join(folder, 'das'))) {
      await writeFile(join(folder, 'das', name), '{"version":1,"torn');
    }
    expect(await ask(make({ program: other }), 'newer')).toMatchObject({ events: [4] });
    expect(await calls()).toHaveLength(5);
  });

  it('says that the client is not there, and finds the one on PATH', async () => {
    const { make } = await fresh(FINE, { program: '/no/dasgoclient' });
    const answer = await make().events('x', [url(inA('a'))], never);
    expect(answer).toMatchObject({ reason: expect.stringContaining('/no/dasgoclient') as unknown });
    expect(await find({ PATH: `/usr/bin:/bin:${resolve('testbed/fakes')}` })).toBe(FAKE);
    expect(await find({ PATH: '/usr/bin:/bin' })).toBeNull();
  });

  it('never lets a file name become part of a query', async () => {
    const { make, calls } = await fresh(FINE);
    const odd = [inA('a | grep x'), inA('*'), '/store/mc/E/P/T x=y/v1/10000/a.root'].map(url);
    expect(await make().events('x', odd, never)).toMatchObject({ events: [null, null, null] });
    expect(await calls()).toEqual([]);
  });
});

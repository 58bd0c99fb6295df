/** Stale chunks on the real disk: shown, and moved exactly as they were shown. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asideOf, lookAtStale, setAside } from '../set-aside';
import type { IOutputPlace } from '../set-aside';
import { removeStale, staleNow } from '../stale';
import type { IAnswered } from '../stale';
import { thisMachine } from '../there/__tests__/here';
import { Tree } from './tree';

const ID = '20260101000000-abc';
const ASIDE = asideOf(ID);
const A = 'GJet/nominal/a_Events_0-50.parquet';
const B = 'GJet/nominal/b_Events_0-50.parquet';

/** Long before the audit, so that what is written now is newer. */
const OLD = new Date('2026-01-01T00:00:00Z');
const BEGAN = '2026-01-02T00:00:00.000Z';

describe.each([
  ['on this machine', false],
  ['on another host', true]
])('stale chunks %s', (_, isThere) => {
  let tree: Tree;
  let place: IOutputPlace;
  const at = (...names: string[]) => join(tree.source, ...names);
  const old = (...paths: string[]) => paths.forEach(path => utimesSync(at(path), OLD, OLD));
  const move = async (...paths: string[]) =>
    setAside(place, ASIDE, (await lookAtStale(place, paths)).chunks);

  beforeEach(() => {
    tree = new Tree();
    tree.chunk(A);
    tree.chunk(B);
    old(A, B);
    const there = isThere ? { key: 'there', host: thisMachine() } : null;
    place = { there, env: process.env, source: tree.source, startedAt: BEGAN };
  });

  it('are moved out of their variation, whole, and can be moved back', async () => {
    const odd = "GJet/Smearing_up/it's\n $HOME é_Events_0-5.parquet";
    tree.chunk(odd);
    old(odd);
    expect(await move(A, odd)).toEqual([
      { path: A, end: 'removed', why: null },
      { path: odd, end: 'removed', why: null }
    ]);
    expect(readdirSync(at('GJet/nominal'))).toEqual(['b_Events_0-50.parquet']);
    expect(readdirSync(at(ASIDE, 'GJet/nominal'))).toEqual(['a_Events_0-50.parquet']);
    expect(readdirSync(at(ASIDE, 'GJet/Smearing_up'))).toHaveLength(1);
  });

  it('that are not there any more are said, and asking twice does no harm', async () => {
    const { chunks } = await lookAtStale(place, [A]);
    expect(chunks).toMatchObject([{ path: A, mtimeNs: '1767225600000000000' }]);
    await setAside(place, ASIDE, chunks);
    expect(await setAside(place, ASIDE, chunks)).toEqual([{ path: A, end: 'gone', why: null }]);
    expect(await lookAtStale(place, [A])).toEqual({
      chunks: [],
      left: [{ path: A, end: 'gone', why: null }]
    });
  });

  it.each([
    ['another size', () => writeFileSync(at(A), 'x'), OLD],
    ['another time', () => undefined, new Date('2026-01-01T00:00:01Z')]
  ])('stay with %s than was shown', async (_how, write, time) => {
    const { chunks } = await lookAtStale(place, [A]);
    write();
    utimesSync(at(A), time, time);
    expect(await setAside(place, ASIDE, chunks)).toMatchObject([
      { end: 'changed', why: expect.stringContaining('another size or time') as unknown }
    ]);
    expect(readdirSync(at('GJet/nominal'))).toHaveLength(2);
  });

  it('stay where the audit is older than them, or than a sibling', async () => {
    tree.chunk('GJet/nominal/a_Events_50-100.parquet');
    const fresh = 'GJet/nominal/c_Events_0-9.parquet';
    tree.chunk(fresh);
    const { chunks, left } = await lookAtStale(place, [A, B, fresh]);
    expect(chunks.map(({ path }) => path)).toEqual([B]);
    expect(left).toMatchObject([
      { path: A, end: 'changed', why: expect.stringContaining('same input file') as unknown },
      { path: fresh, end: 'changed', why: expect.stringContaining('after the audit') as unknown }
    ]);
    const seen = { path: A, bytes: 0, mtimeNs: '0' };
    expect(await setAside(place, ASIDE, [seen])).toMatchObject([{ end: 'changed' }]);
  });

  it('are never reached through a link, nor out of the folder', async () => {
    const outside = join(tree.root, 'outside', 'nominal');
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'a_Events_0-50.parquet'), 'mine');
    utimesSync(join(outside, 'a_Events_0-50.parquet'), OLD, OLD);
    symlinkSync(join(tree.root, 'outside'), at('Linked'));
    symlinkSync('nominal', at('GJet/linked_up'));
    symlinkSync(join(outside, 'a_Events_0-50.parquet'), at('GJet/nominal/l_Events_0-5.parquet'));
    const paths = [
      'Linked/nominal/a_Events_0-50.parquet',
      'GJet/linked_up/a_Events_0-50.parquet',
      'GJet/nominal/l_Events_0-5.parquet',
      '../outside/nominal/a_Events_0-50.parquet',
      'GJet/../GJet/nominal/a_Events_0-50.parquet',
      `/${outside}/a_Events_0-50.parquet`,
      'GJet/nominal'
    ];
    const { chunks, left } = await lookAtStale(place, paths);
    expect(chunks).toEqual([]);
    expect(left.map(({ end }) => end)).toEqual(paths.map(() => 'refused'));
    const made = paths.map(path => ({ path, bytes: 4, mtimeNs: '1767225600000000000' }));
    const outcomes = await setAside(place, ASIDE, made);
    expect(outcomes.map(({ end }) => end)).toEqual(paths.map(() => 'refused'));
    expect(outcomes[0]?.why).toBe('Linked is a link or no folder');
    expect(readdirSync(outside)).toHaveLength(1);
  });

  it('stay where the folder aside is a link, or has one of that name', async () => {
    const { chunks } = await lookAtStale(place, [A]);
    mkdirSync(at(ASIDE, 'GJet/nominal'), { recursive: true });
    writeFileSync(at(ASIDE, A), 'earlier');
    const why = `there is one of that name in ${ASIDE}`;
    expect(await setAside(place, ASIDE, chunks)).toEqual([{ path: A, end: 'refused', why }]);
    rmSync(at(ASIDE), { recursive: true });
    symlinkSync(tree.root, at(ASIDE));
    expect(await setAside(place, ASIDE, chunks)).toMatchObject([
      { end: 'refused', why: `${ASIDE} is a link or no folder` }
    ]);
  });

  describe('of an audit', () => {
    const dataset = (name: string, stale: string[], unknown: string | null) => ({
      row: { dataset: name, unknown },
      stale
    });
    const answered = (more: Partial<IAnswered> = {}) =>
      ({
        audit: { id: ID, state: 'done' },
        result: {
          datasets: [dataset('GJet', [A], null), dataset('Lost', ['Lost/nominal/x'], 'no folder')]
        },
        place,
        newer: null,
        ...more
      }) as unknown as IAnswered; // only these parts are looked at

    it('are those that it names, of datasets that are not unknown', async () => {
      const query = { datasets: null, offset: 0, limit: 10 };
      const shown = await staleNow(answered(), query);
      expect(shown).toMatchObject({ total: 1, folder: at(ASIDE), chunks: [{ path: A }], left: [] });
      const asked = ['Lost/nominal/x', B].map(path => ({ path, bytes: 1, mtimeNs: '1' }));
      const { outcomes } = await removeStale(answered(), { chunks: [...asked, ...shown.chunks] });
      expect(outcomes).toEqual([
        { path: 'Lost/nominal/x', end: 'refused', why: 'its dataset is unknown: no folder' },
        { path: B, end: 'refused', why: 'the audit does not call it stale' },
        { path: A, end: 'removed', why: null }
      ]);
    });

    it('are nothing to go by while it runs, or where a newer one is there', async () => {
      const query = { datasets: null, offset: 0, limit: 10 };
      const { audit } = answered();
      const running = answered({ audit: { ...audit, state: 'running' } });
      await expect(staleNow(running, query)).rejects.toMatchObject({ code: 'conflict' });
      const outdated = answered({ newer: { ...audit, id: 'newer' } });
      await expect(removeStale(outdated, { chunks: [] })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('newer') as unknown
      });
    });
  });
});

// @vitest-environment node
import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { FILE_STATUSES, noFiles } from '../../../contract';
import type { Audit } from '../../../contract';
import { fraction, progressWords, statusClass, statusLooks, stem } from '../status';
import { countsWords } from '../status-mark';
import { ago, duration } from '../times';

const trans = nullTranslator.load('hepbatch');
const looks = statusLooks(trans);

const running = (
  phase: Audit['progress']['phase'],
  done: number,
  total: number | null,
  checked: Audit['checked'] = 'nothing'
) => ({ progress: { phase, done, total, chunks: 0, opened: 0 }, checked }) as Audit;

it('tells every status by a word, a drawing and a class of its own', () => {
  for (const of of [
    FILE_STATUSES.map(status => looks[status].label),
    FILE_STATUSES.map(status => looks[status].path),
    FILE_STATUSES.map(statusClass)
  ]) {
    expect(new Set(of).size).toBe(FILE_STATUSES.length);
  }
});

it('says that an answer rests on names while chunks are still checked', () => {
  expect(progressWords(running('chunks', 45, 100, 'names'), trans)).toBe(
    'Answer from names; checking chunks: 45 %'
  );
  expect(progressWords(running('names', 1, 3), trans)).toBe('Listing the outputs… 33 %');
  expect(progressWords(running('reading', 0, null), trans)).toBe('Reading the samples JSON…');
});

it('knows no fraction while the end is not known, and none above one', () => {
  expect(fraction(running('names', 3, null).progress)).toBeNull();
  expect(fraction(running('names', 0, 0).progress)).toBeNull();
  expect(fraction(running('names', 4, 3).progress)).toBe(1);
});

it('puts counts into words', () => {
  expect(countsWords({ ...noFiles(), complete: 2, 'no-events': 1 }, looks)).toBe(
    '2 complete, 1 no events'
  );
});

it('names an audit by its samples JSON', () => {
  expect(stem('/a/b/samples_v1.json')).toBe('samples_v1');
  expect(stem('/a/b/')).toBe('b');
  expect(stem('x')).toBe('x');
});

it('says how long ago and how long', () => {
  const then = '2026-11-24T12:00:00.000Z';
  const after = (seconds: number) => ago(then, trans, Date.parse(then) + 1000 * seconds);
  expect([after(5), after(60), after(150), after(7200)]).toEqual([
    'just now',
    '1 minute ago',
    '2 minutes ago',
    '2 hours ago'
  ]);
  expect(duration(then, '2026-11-24T12:00:01.250Z', trans)).toBe('1.3 s');
  expect(duration(then, '2026-11-24T12:02:05.000Z', trans)).toBe('2 min 5 s');
});

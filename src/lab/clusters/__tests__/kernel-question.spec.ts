import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ASK_EVERY, parseAnswer, QUESTION, waitFor } from '../kernel-question';

/** As a kernel answers. */
const answer = (text: string) => ({
  status: 'ok',
  execution_count: 0,
  user_expressions: { found: { status: 'ok', data: { 'text/plain': text }, metadata: {} } }
});

it('reads the dashboards of what a kernel knows, each scheduler once', () => {
  const text = `'[["inproc://192.168.1.7/42/1", 8787], ["tcp://127.0.0.1:4000", 8788],
    ["tcp://127.0.0.1:4000", 8788], ["tls://[::1]:4001", 1234], ["tcp://n:1", null], ["odd", 5]]'`;
  expect(parseAnswer(answer(text))).toEqual([
    { scheduler: 'inproc://192.168.1.7/42/1', dashboard: '127.0.0.1:8787' },
    { scheduler: 'tcp://127.0.0.1:4000', dashboard: '127.0.0.1:8788' },
    { scheduler: 'tls://[::1]:4001', dashboard: '[::1]:1234' }
  ]);
  expect(parseAnswer(answer("'[]'"))).toEqual([]);
});

it('does not take what a kernel could not say for nothing', () => {
  const failed = { found: { status: 'error', ename: 'E', evalue: '', traceback: [] } };
  for (const content of [
    { status: 'ok', user_expressions: failed },
    { status: 'aborted' },
    answer("'no list'"),
    answer(`'[["tcp://h:1", 99999]]'`)
  ]) {
    expect(parseAnswer(content)).toBeNull();
  }
});

it('asks at once the first time, and then not before its time', () => {
  expect(waitFor(null, 5)).toBe(0);
  expect(waitFor(1000, 1000)).toBe(ASK_EVERY);
  expect(waitFor(1000, 1000 + ASK_EVERY - 1)).toBe(1);
  expect(waitFor(1000, 1000 + 2 * ASK_EVERY)).toBe(0);
});

it('asks a Python without Dask, which imports nothing for it', () => {
  const code = `
import sys
before = set(sys.modules)
shown = repr(eval(sys.argv[1], {}, {}))
assert not any("distributed" in name for name in set(sys.modules) - before)
print(shown)`;
  const shown = execFileSync('python3', ['-c', code, QUESTION], { encoding: 'utf8' });
  expect(parseAnswer(answer(shown.trim()))).toEqual([]);
});

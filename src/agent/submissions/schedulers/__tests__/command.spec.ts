import { expect, it } from 'vitest';
import { LocalHost } from '../../../connections/hosts/local';
import { needAnswer, say } from '../command';

const host = new LocalHost({ env: { PATH: '/usr/bin:/bin' }, home: '/' });
const { signal } = new AbortController();
const print = (text: string, code = 0) =>
  say(host, ['sh', '-c', `printf '%s' "$1"; exit ${code}`, 'sh', text], signal);

it('takes an answer that ends a line, and one of nothing', async () => {
  for (const whole of ['1023\n', '3|0|hepbatch:t:A-1\n4|0|\n', '']) {
    expect(await print(whole)).toEqual({ end: 'exited', code: 0, stdout: whole, stderr: '' });
  }
});

it('an answer that is cut off anywhere within a line is none, whatever it looks like', async () => {
  const whole = '1023\n';
  for (let end = 1; end < whole.length; end++) {
    const said = await print(whole.slice(0, end));
    expect(said).toMatchObject({
      end: 'unclear',
      why: expect.stringContaining('cut off') as unknown
    });
    expect(() => needAnswer(said, 'sbatch')).toThrow(/cut off/);
  }
});

it('what a command says that failed is words, and may end as it likes', async () => {
  expect(await print('no such job', 1)).toMatchObject({ end: 'exited', code: 1 });
});

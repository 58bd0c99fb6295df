import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { until } from '../../agent/__tests__/served';
import { edit } from '../tty';
import { bundle, start, startInTerminal } from './program';

/** A program that asks twice: for a secret, and for a word. */
let program = '';
beforeAll(async () => {
  const contents = `
    import { openTty } from './src/cli/tty';
    const tty = openTty();
    const { signal } = new AbortController();
    void (async () => {
      if (tty === null) { console.log('no terminal'); process.exit(3); }
      const secret = await tty.ask('Secret: ', true, signal);
      const word = await tty.ask('Word: ', false, signal);
      console.log(JSON.stringify([secret === null ? null : [...secret].reverse().join(''), word]));
      process.exit(0);
    })();`;
  program = await bundle({ stdin: { contents, resolveDir: process.cwd(), loader: 'ts' } });
});

async function answer(...keys: string[]) {
  const { child, said, ended } = startInTerminal([process.execPath, program], {});
  await until(() => said.out.includes('Secret: '));
  child.stdin.write(keys[0] ?? '');
  await until(() => said.out.includes('Word: '));
  child.stdin.write(keys[1] ?? '');
  const { out, code } = await ended;
  const last = out.trim().split(/\r?\n/).at(-1) ?? '';
  return { out, code, got: JSON.parse(last) as unknown };
}

it('shows a word as it is typed, and a secret not at all', async () => {
  const { out, got } = await answer('hünter2\r', 'yes\r');
  expect(got).toEqual(['2retnüh', 'yes']);
  expect(out).not.toContain('hünter2');
  expect(out).toContain('Word: yes');
});

it('lets a person correct, and cancel', async () => {
  expect((await answer('wrong\u0015ab\u007fc\r', 'nn\u007fo\r')).got).toEqual(['ca', 'no']);
  expect((await answer('half\u0003', '\u0004')).got).toEqual([null, null]);
});

it('says so where there is no terminal', async () => {
  const { ended } = start(['setsid', '--wait', process.execPath, program]);
  expect(await ended).toMatchObject({ code: 3, out: 'no terminal\n' });
});

it('keeps what is typed, and no control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      let line = '';
      const isEditing = (key: string) => '\r\n\u0003\u0004\u0008\u007f\u0015'.includes(key);
      const keys = Array.from(text).filter(key => !isEditing(key));
      for (const key of keys) {
        const edited = edit(line, key);
        line = typeof edited === 'string' ? edited : line;
      }
      expect(line).toBe(keys.filter(key => key >= ' ').join(''));
    })
  );
});

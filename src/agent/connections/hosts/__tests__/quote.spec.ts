import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, throughAnyShell } from '../quote';
import { SHELLS } from './login-shell';

/** Words that shells are known to stumble over, and any others. */
const HOSTILE = [
  ...['', ' ', "'", "''", '\\', "\\'", '!', '!!', '!$', '\n', '\n\n', '\r\n', '~', '*', '-n', '-e'],
  ...['$HOME', '$(id)', '`id`', '%s', '%%', '\\0101', 'a;b', '#', '{a,b}', '=', 'é', '日本', '\x1e']
];
const word = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...HOSTILE) })
  )
  .map(text => text.replaceAll('\0', ''));

/** A process for each line: some seconds, more on a machine that has other work. */
const TIMEOUT = { timeout: 90_000 };

/** What a program gets as its arguments when a shell reads this line. */
function argumentsOf(shell: readonly string[], line: string): string[] {
  const [program = '', ...args] = shell;
  const ran = spawnSync(program, [...args, '-c', line], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\0').slice(0, -1);
}

it.each(['sh', 'bash'])('quotes any words so that %s reads them back', TIMEOUT, shell => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), words => {
      const line = `printf '%s\\0' ${words.map(quote).join(' ')}`;
      expect(argumentsOf([shell], line)).toEqual(words);
    }),
    { numRuns: 150 }
  );
});

describe.each(SHELLS)('$name as a login shell', ({ argv }) => {
  it('hands any script on to /bin/sh', TIMEOUT, () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), words => {
        const script = `printf '%s\\0' ${words.map(quote).join(' ')}`;
        expect(argumentsOf(argv, throughAnyShell(script))).toEqual(words);
      }),
      { numRuns: 100 }
    );
  });
});

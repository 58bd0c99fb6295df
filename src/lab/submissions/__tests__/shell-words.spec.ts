import { expect, it } from 'vitest';
import { shellLine, shellWords } from '../shell-words';

it.each([
  ['--a 1', ['--a', '1']],
  ["--triggerGroup '.*EGamma.*2018.*'", ['--triggerGroup', '.*EGamma.*2018.*']],
  ['"two words" a\\ b', ['two words', 'a b']],
  ['--empty \'\' ""', ['--empty', '', '']],
  ['"a\\"b" \'a\\b\' "a\\b"', ['a"b', 'a\\b', 'a\\b']],
  ['a"b"\'c\'', ['abc']],
  ['  ', []],
  ['$HOME `ls` *', ['$HOME', '`ls`', '*']]
])('takes %s apart as a shell would, and replaces nothing', (line, words) => {
  expect(shellWords(line)).toEqual({ words });
});

it('says which quote is not closed', () => {
  expect(shellWords("--a 'b")).toEqual({ unclosed: "'" });
  expect(shellWords('--a "b')).toEqual({ unclosed: '"' });
});

it('writes a line that comes apart into the same words', () => {
  const words = ['--a', "it's", '.*EGamma.*', '', 'a b', '"', '\\', '--b=c'];
  expect(shellWords(shellLine(words))).toEqual({ words });
});

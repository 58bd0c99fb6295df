import { describe, expect, it } from 'vitest';
import { lastWords, wholeException } from '../exception';

const trace = (...last: string[]) =>
  [
    'Traceback (most recent call last):',
    '  File "a.py", line 3, in <module>',
    '    x()',
    ...last
  ].join('\n');

describe('what the end of stderr says', () => {
  it.each([
    [
      'an exception',
      trace("ModuleNotFoundError: No module named 'coffea'", ''),
      "ModuleNotFoundError: No module named 'coffea'"
    ],
    [
      'one of a module',
      trace('uproot.exceptions.KeyInFileError: not found: nMuon'),
      'KeyInFileError: not found: nMuon'
    ],
    ['one without words', trace('KeyboardInterrupt'), 'KeyboardInterrupt'],
    [
      'one whose words are on the next line',
      trace('ValueError:', '  two shapes'),
      'ValueError: two shapes'
    ],
    [
      'lines after it',
      `${trace('OSError: no such file')}\nsrun: error: task 0\n`,
      'OSError: no such file'
    ],
    [
      'the last of two',
      `${trace('KeyError: 1')}\n\nDuring handling of the above exception, another exception occurred:\n\n${trace('TypeError: 2')}`,
      'TypeError: 2'
    ],
    [
      'what coffea wraps',
      `${trace('OSError: XRootD error: [ERROR] Operation expired')}\n\nThe above exception was the direct cause of the following exception:\n\n${trace('Exception: Failed processing file: WorkItem(dataset=1)')}`,
      'OSError: XRootD error: [ERROR] Operation expired'
    ],
    [
      'an exception whose traceback was cut off',
      '    x()\nMemoryError: Unable to allocate 3 GiB',
      'MemoryError: Unable to allocate 3 GiB'
    ],
    [
      'no Python',
      'reading\nSegmentation fault (core dumped)\n',
      'Segmentation fault (core dumped)'
    ],
    [
      'noise of Slurm',
      'Exceeded job memory limit\nslurmstepd: error: *** JOB 3 ON n CANCELLED ***\n',
      'Exceeded job memory limit'
    ],
    ['colours', '\u001B[31mfailed\u001B[0m\n', 'failed'],
    ['nothing', '\n \n', '']
  ])('%s', (_, text, said) => {
    expect(lastWords(text)).toBe(said);
  });
});

describe('the whole exception', () => {
  const table = ['ValueError: two shapes differ:', '', '  left  (3, 4)', 'right (4, 3)'];

  it.each([
    ['all lines of its message', trace(...table, '', ''), table.join('\n')],
    [
      'that before the one that coffea makes of it',
      `${trace(...table)}\n\nThe above exception was the direct cause of the following exception:\n\n${trace('Exception: Failed processing file: WorkItem(dataset=1)')}`,
      table.join('\n')
    ],
    [
      'nothing of what the batch system adds',
      `${trace(...table)}\nsrun: error: node1: task 0: Exited with exit code 1\n`,
      table.join('\n')
    ],
    ['no colours', trace('KeyError: \u001B[31mnMuon\u001B[0m'), 'KeyError: nMuon'],
    [
      'none where the traceback is cut off',
      'x\nMemoryError: 3 GiB\nat 0x1\n',
      'MemoryError: 3 GiB\nat 0x1'
    ],
    ['what is no exception', 'Segmentation fault (core dumped)\n', null],
    [
      'an endless one, cut',
      trace(`OSError: ${'x'.repeat(30_000)}`),
      `OSError: ${'x'.repeat(19_991)}…`
    ]
  ])('%s', (_, text, said) => {
    expect(wholeException(text)).toBe(said);
  });
});

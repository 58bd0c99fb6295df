import { expect, it } from 'vitest';
import { bytesWords } from '../bytes';

it('gives sizes in few digits', () => {
  expect([0, 999, 1000, 12_345, 999_500, 1.5e12].map(bytesWords)).toEqual([
    '0 B',
    '999 B',
    '1.00 kB',
    '12.3 kB',
    '1.00 MB',
    '1.50 TB'
  ]);
});

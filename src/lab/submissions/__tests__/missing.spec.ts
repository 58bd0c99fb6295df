import { expect, it } from 'vitest';
import { submissionOf } from '../missing';
import { submission } from './jobs';

it('finds the newest submission whose outputs an audit looked at', () => {
  const one = submission({ output: '/home/me/out/' });
  expect(submissionOf({ source: '/home/me/out', on: null }, [one])).toBe(one);
  expect(submissionOf({ source: '/home/me/out', on: 'vanilla-local' }, [one])).toBe(one);
});

it('takes none of another folder, another host, or one that was imported', () => {
  const source = '/home/me/out';
  expect(submissionOf({ source: '/home/me/other', on: null }, [submission()])).toBeUndefined();
  expect(submissionOf({ source, on: 'lxplus' }, [submission()])).toBeUndefined();
  const imported = submission({ origin: 'imported' });
  expect(submissionOf({ source, on: null }, [imported])).toBeUndefined();
});

import { expect, it } from 'vitest';
import { chooseCluster } from '../connect-kernel';
import { cluster } from './real-clusters';

const one = cluster('c-1');
const two = cluster('c-2');

it('takes the cluster that was chosen, or the only one, and never guesses', () => {
  expect(chooseCluster([one, two], 'the c-2')).toBe(two);
  expect(chooseCluster([one], '')).toBe(one);
  expect(chooseCluster([one, two], '')).toBeNull();
  expect(chooseCluster([one], 'the c-9')).toBeNull();
  expect(chooseCluster([], '')).toBeNull();
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Patience } from '../patience';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('ends after so long a silence, which every word begins anew', () => {
  const over = vi.fn();
  const patience = new Patience(1000, over);
  vi.advanceTimersByTime(900);
  patience.renew();
  vi.advanceTimersByTime(900);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(over).toHaveBeenCalledOnce();
});

it('stands still during work of others, also of several at once', async () => {
  const over = vi.fn();
  const patience = new Patience(1000, over);
  const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  const works = [5000, 7000].map(ms => patience.pauseFor(() => later(ms)));
  await vi.advanceTimersByTimeAsync(6000);
  patience.renew();
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all(works);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).toHaveBeenCalledOnce();
});

it('waits no more once it is disposed, whatever ends later', async () => {
  const over = vi.fn();
  const patience = new Patience(1000, over);
  const work = patience.pauseFor(() => new Promise(resolve => setTimeout(resolve, 10)));
  patience.dispose();
  await vi.advanceTimersByTimeAsync(10);
  await work;
  await vi.advanceTimersByTimeAsync(5000);
  expect(over).not.toHaveBeenCalled();
});

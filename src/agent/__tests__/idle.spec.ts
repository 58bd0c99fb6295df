import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IdleEnd } from '../idle';

const MINUTE = 60_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(minutes: number) {
  const state = { busy: false, ended: 0 };
  const idle = new IdleEnd({
    minutes,
    isBusy: () => state.busy,
    end: () => void (state.ended += 1),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    }
  });
  return { idle, state };
}

it('ends when nobody ever came', () => {
  const { state } = start(15);
  vi.advanceTimersByTime(15 * MINUTE - 1);
  expect(state.ended).toBe(0);
  vi.advanceTimersByTime(1);
  expect(state.ended).toBe(1);
});

it('waits from the moment the last client left or asked', () => {
  const { idle, state } = start(15);
  idle.setClients(2);
  idle.setClients(1);
  idle.touch();
  vi.advanceTimersByTime(100 * MINUTE);
  idle.setClients(0);
  vi.advanceTimersByTime(10 * MINUTE);
  idle.touch();
  vi.advanceTimersByTime(14 * MINUTE);
  expect(state.ended).toBe(0);
  vi.advanceTimersByTime(MINUTE);
  expect(state.ended).toBe(1);
});

it('does not end what runs, and ends soon after', () => {
  const { state } = start(15);
  state.busy = true;
  vi.advanceTimersByTime(200 * MINUTE);
  expect(state.ended).toBe(0);
  state.busy = false;
  vi.advanceTimersByTime(MINUTE);
  expect(state.ended).toBe(1);
});

it('does nothing once it is disposed, and does not end at once when the wait is endless', () => {
  const { idle, state } = start(15);
  idle.dispose();
  idle.setClients(0);
  vi.advanceTimersByTime(100 * MINUTE);
  const endless = start(1e9);
  vi.advanceTimersByTime(100 * MINUTE);
  expect([state.ended, endless.state.ended]).toEqual([0, 0]);
  expect(vi.getTimerCount()).toBe(1);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AgentEvent } from '../../contract';
import { EventHub } from '../events';

const say = (hub: EventHub, ...ids: number[]) =>
  ids.forEach(id => hub.publish({ topic: 'audit-removed', id: `${id}` }));

function listen(hub: EventHub, since: number | null, room = Infinity) {
  const heard: AgentEvent[] = [];
  let left = room;
  const listener = hub.subscribe(since, event => {
    expect(left).toBeGreaterThan(0); // it said that it has no room
    heard.push(event);
    left -= 1;
    return left > 0;
  });
  const more = (n: number) => {
    left = n;
    listener.resume();
  };
  return { heard, more, listener, ids: () => heard.map(event => event.sequence) };
}

it('tells everybody everything from now on, in order', () => {
  const hub = new EventHub();
  say(hub, 1);
  const [a, b] = [listen(hub, null), listen(hub, null)];
  say(hub, 2, 3);
  expect(a.heard).toEqual([
    { sequence: 2, topic: 'audit-removed', id: '2' },
    { sequence: 3, topic: 'audit-removed', id: '3' }
  ]);
  expect(b.heard).toEqual(a.heard);
});

it('hands over what was missed, and nothing twice', () => {
  const hub = new EventHub(100);
  say(hub, 1, 2, 3);
  expect(listen(hub, 101).ids()).toEqual([102, 103]);
  expect(listen(hub, 103).ids()).toEqual([]);
  expect(listen(hub, 100).ids()).toEqual([101, 102, 103]);
});

it('sends a reset to who was away too long, or heard another agent', () => {
  const hub = new EventHub(5000);
  const reset = (sequence: number) => ({ sequence, topic: 'reset' });
  expect(listen(hub, 4999).heard).toEqual([reset(5000)]); // an earlier life, nothing said yet
  for (let i = 1; i <= 1500; i++) {
    say(hub, i);
  }
  expect(listen(hub, 5499).heard).toEqual([reset(6500)]);
  expect(listen(hub, 5500).ids()).toHaveLength(1000);
  expect(listen(hub, 6501).heard).toEqual([reset(6500)]);
  const later = listen(hub, 12);
  say(hub, 1);
  expect(later.ids()).toEqual([6500, 6501]);
});

it('lets a slow listener wait, and then it has heard all or a reset: never a silent hole', () => {
  const steps = fc.array(fc.oneof(fc.constant('say' as const), fc.integer({ min: 1, max: 9 })));
  const never = fc.property(steps, fc.nat(1500), (plan, burst) => {
    const hub = new EventHub();
    const slow = listen(hub, null, 1);
    plan.forEach(step => (step === 'say' ? say(hub, 0) : slow.more(step)));
    for (let i = 0; i < burst; i++) {
      say(hub, 0);
    }
    slow.more(Infinity);
    let last = 0;
    for (const { sequence, topic } of slow.heard) {
      expect(topic === 'reset' || sequence === last + 1).toBe(true);
      last = sequence;
    }
    expect(last).toBe(hub.newest);
  });
  fc.assert(never);
});

it('counts its listeners, and ends them', () => {
  const hub = new EventHub();
  const counts: number[] = [];
  hub.onClients = count => counts.push(count);
  let ended = 0;
  const end = () => void (ended += 1);
  const first = hub.subscribe(null, () => true, end);
  const second = listen(hub, null);
  first.dispose();
  first.dispose();
  hub.subscribe(null, () => true, end);
  hub.close();
  say(hub, 1);
  expect(counts).toEqual([1, 2, 1, 2, 1, 0]);
  expect(ended).toBe(1);
  expect(second.heard).toEqual([]);
});

it('tells parts of the agent when somebody listens, where nobody did', () => {
  const hub = new EventHub();
  const told: string[] = [];
  const forget = hub.whenHeard(() => told.push('heard'));
  const first = hub.subscribe(null, () => true);
  const second = hub.subscribe(null, () => true);
  expect(told).toEqual(['heard']);
  first.dispose();
  second.dispose();
  hub.subscribe(null, () => true).dispose();
  expect(told).toEqual(['heard', 'heard']);
  forget();
  hub.subscribe(null, () => true);
  expect(told).toHaveLength(2);
});

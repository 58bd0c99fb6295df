import { describe, expect, it } from 'vitest';
import type { IFoundCluster } from '../../schedulers/scheduler';
import { decide } from '../decide';
import type { IEvidence } from '../decide';
import { clustersOf } from '../state';

const id = (number: number) => ({ schedd: 'a', id: String(number) });
const found = (number: number, name: string | null = 'AN-1'): IFoundCluster => ({
  cluster: id(number),
  name,
  jobs: 1
});

/** A cluster that was tried at 1,000, missed at the given times; grace is 100. */
function evidence(
  clusters: readonly IFoundCluster[],
  more: Partial<IEvidence> & { missed?: readonly number[]; gaps?: readonly string[] } = {}
): IEvidence {
  const { missed = [], gaps = [], ...rest } = more;
  const planned = { name: 'AN-1', jobs: 1, submitFile: '/s', record: '/r' };
  const [sent] = clustersOf([
    {
      ...{ type: 'created', at: 1, version: 1, token: 't', scheduler: 'htcondor', schedd: 'a' },
      ...{ folder: '/f', jobsFolder: '/f/jobs', clusters: [planned] }
    },
    { type: 'intent', at: 1000, name: 'AN-1', attempt: 1, node: 'n', pid: 1 },
    ...missed.map(since => ({ type: 'missed' as const, at: since, name: 'AN-1', since }))
  ]);
  if (sent === undefined) {
    throw new Error('no cluster');
  }
  return {
    sent,
    found: { clusters, gaps },
    lookedAt: 5000,
    record: null,
    clusters: 2,
    graceMs: 100,
    ...rest
  };
}

describe('what becomes of an unknown cluster', () => {
  it('one that is found is adopted, those of other names are not', () => {
    expect(decide(evidence([found(7), found(6, 'AN-2')]))).toEqual({
      ...{ to: 'adopt', cluster: id(7), how: 'found', surplus: [] }
    });
  });

  it('of two the first counts and the other is surplus', () => {
    expect(decide(evidence([found(12), found(9)]))).toMatchObject({
      ...{ to: 'adopt', cluster: id(9), surplus: [id(12)] }
    });
  });

  it('the record decides, whatever is found', () => {
    const record = id(12);
    expect(decide(evidence([found(12), found(9)], { record }))).toMatchObject({
      ...{ to: 'adopt', cluster: id(12), how: 'recorded', surplus: [id(9)] }
    });
    expect(decide(evidence([], { record, gaps: ['no history'] }))).toMatchObject({
      ...{ to: 'adopt', cluster: id(12) }
    });
  });

  it('missed once it waits; missed twice, grace apart and grace after the try, it is absent', () => {
    expect(decide(evidence([]))).toEqual({ to: 'wait' });
    expect(decide(evidence([], { missed: [4950] }))).toEqual({ to: 'wait' });
    expect(decide(evidence([], { missed: [4900] }))).toEqual({ to: 'absent' });
    expect(decide(evidence([], { missed: [1000], lookedAt: 1099 }))).toEqual({ to: 'wait' });
    expect(decide(evidence([], { missed: [1000], lookedAt: 1100 }))).toEqual({ to: 'absent' });
    // A clock that was set back proves nothing.
    expect(decide(evidence([], { missed: [900], lookedAt: 1100 }))).toEqual({ to: 'wait' });
  });

  it('where it could not be looked everywhere it stays unknown', () => {
    expect(decide(evidence([], { missed: [1000], gaps: ['condor_history: down'] }))).toEqual({
      to: 'stay',
      why: 'condor_history: down'
    });
  });

  it('one without a name is ours only where there is no other', () => {
    expect(decide(evidence([found(7, null)], { missed: [1000] }))).toMatchObject({ to: 'stay' });
    expect(decide(evidence([found(7, null)], { clusters: 1 }))).toMatchObject({
      ...{ to: 'adopt', cluster: id(7) }
    });
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupJobs, presentJobs, sumWorkers, summarizeLoss, summaryText } from '../summary';
import { description, job, loss, worker } from './made';

const HELD = 'memory usage exceeded request';

it('says in one line what is there, what waits, and why something is held', () => {
  const groups = groupJobs([
    ...Array.from({ length: 12 }, () => job()),
    ...Array.from({ length: 8 }, () => job({ state: 'pending' })),
    ...Array.from({ length: 2 }, () => job({ state: 'held', reason: HELD, code: 34 })),
    job({ state: 'failed' })
  ]);
  expect(summaryText(12, groups)).toBe(`12 workers, 8 jobs pending, 2 held: ${HELD}`);
});

it.each([
  [0, [], '0 workers'],
  [1, [job()], '1 worker'],
  [1, [job(), job()], '1 worker, 1 job starting'],
  [0, [job(), job(), job({ state: 'pending' })], '0 workers, 2 jobs starting, 1 pending'],
  [2, [job({ state: 'unknown' })], '2 workers, 1 job unknown'],
  [0, [job({ state: 'succeeded' }), job({ state: 'removed' })], '0 workers'],
  [3, [job()], '3 workers'] // several workers in one job
])('%s workers and %j', (joined, jobs, text) => {
  expect(summaryText(joined, groupJobs(jobs))).toBe(text);
});

it('groups jobs by state, reason and code, and keeps the oldest', () => {
  const early = '2026-03-01T10:00:00.000Z';
  const late = '2026-03-01T11:00:00.000Z';
  expect(
    groupJobs([
      job({ state: 'held', reason: HELD, code: 34, submittedAt: late }),
      job({ state: 'held', reason: 'parked', code: 1, submittedAt: null }),
      job({ state: 'held', reason: HELD, code: 34, submittedAt: early }),
      job({ state: 'pending', submittedAt: null })
    ])
  ).toEqual([
    { state: 'pending', reason: null, code: null, count: 1, oldestAt: null },
    { state: 'held', reason: HELD, code: 34, count: 2, oldestAt: early },
    { state: 'held', reason: 'parked', code: 1, count: 1, oldestAt: null }
  ]);
});

it('loses no job, whatever they are', () => {
  const state = fc.constantFrom('pending', 'running', 'held', 'failed', 'unknown');
  const any = fc.record({ state, reason: fc.option(fc.string()), code: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(any), jobs => {
      const groups = groupJobs(jobs.map(change => job(change)));
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(jobs.length);
    })
  );
});

it('does not call a job pending whose worker has joined', () => {
  const jobs = [
    job({ id: '12.0', state: 'pending', reason: 'Priority', code: 1 }),
    job({ id: '12.1', state: 'pending', reason: 'Priority' }),
    job({ id: '12.2', state: 'held', reason: 'parked' })
  ];
  const workers = [worker({ job: '12.0' }), worker({ job: '12.2' }), worker({ job: null })];
  expect(presentJobs(description({ jobs, workers }))).toEqual([
    job({ id: '12.0', native: 'Running' }),
    jobs[1],
    jobs[2]
  ]);
});

it('adds workers up; what one does not know counts as nothing', () => {
  const workers = [worker(), worker({ threads: 4, memoryBytes: null, memoryLimitBytes: null })];
  expect(sumWorkers(description({ workers, wanted: 3 }))).toEqual({
    wanted: 3,
    joined: 2,
    cores: 6,
    memoryLimitBytes: 4000,
    memoryBytes: 1000,
    clients: 1,
    tasks: { processing: 3 }
  });
});

it('tells of the task that died most often, and that Dask gave it up', () => {
  expect(summarizeLoss(loss())).toMatchObject({
    task: 'eat-2',
    deaths: 4,
    killed: true,
    evidence: 'the surest',
    advice: [
      { kind: 'run-iteratively', code: expect.stringContaining('--executor iterative') as string },
      { kind: 'raise-memory', memory: '6GB' }
    ]
  });
  expect(summarizeLoss(loss({ tasks: [], evidence: [] }))).toMatchObject({
    task: null,
    deaths: 0,
    killed: false,
    evidence: null
  });
});

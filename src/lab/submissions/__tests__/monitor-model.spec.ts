import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';
import { submissions } from '../../../contract';
import type { AgentEvent, Call, SubmissionJob } from '../../../contract';
import { SubmissionsModel } from '../model';
import { MonitorModel } from '../monitor-model';
import { TOKEN, job, submission } from './jobs';

/** An agent whose jobs change as a test says; each page is one job. */
function open(jobs: SubmissionJob[]) {
  const heard = new Signal<object, AgentEvent>({});
  const changed = [...jobs];
  const asked: number[] = [];
  const call: Call = (endpoint, body) => {
    let answer: unknown;
    if (endpoint.path === submissions.list.path) {
      answer = { submissions: [submission({ revision: changed.length })] };
    } else if (endpoint.path === submissions.jobs.path) {
      const { after } = submissions.jobs.body.parse(body);
      asked.push(after);
      const revision = Math.min(after + 1, changed.length);
      answer = { jobs: changed.slice(after, revision), revision, more: revision < changed.length };
    }
    return Promise.resolve(endpoint.reply.parse(answer));
  };
  const list = new SubmissionsModel(call, heard);
  const monitor = new MonitorModel(call, TOKEN, list);
  const change = (one: SubmissionJob) => {
    changed.push(one);
    const told = submission({ revision: changed.length });
    heard.emit({ sequence: 1, topic: 'submission', submission: told });
  };
  return { list, monitor, change, asked };
}

it('reads all jobs page by page, then only those that changed', async () => {
  const { list, monitor, change, asked } = open([job({ proc: 0 }), job({ proc: 1 })]);
  await list.refresh();
  await vi.waitFor(() => expect(monitor.jobs).toHaveLength(2));
  change(job({ proc: 1, state: 'failed' }));
  await vi.waitFor(() => expect(monitor.jobs[1]?.state).toBe('failed'));
  expect(monitor.jobs).toHaveLength(2);
  expect(asked).toEqual([0, 1, 2]);
});

it('acts on what is selected, else on all that is shown', async () => {
  const { list, monitor } = open([
    job({ proc: 0, state: 'failed' }),
    job({ proc: 1 }),
    job({ proc: 2, state: 'failed' })
  ]);
  await list.refresh();
  await vi.waitFor(() => expect(monitor.jobs).toHaveLength(3));
  monitor.toggleState('failed');
  expect(monitor.chosen.map(({ proc }) => proc)).toEqual([0, 2]);
  monitor.select(1, 'one');
  expect(monitor.chosen.map(({ proc }) => proc)).toEqual([2]);
  expect(monitor.looked?.proc).toBe(2);
  monitor.showAll();
  expect(monitor.chosen).toHaveLength(3);
  monitor.select(0, 'one');
  monitor.select(2, 'range');
  expect(monitor.selected.size).toBe(3);
  monitor.select(1, 'add');
  expect(monitor.chosen.map(({ proc }) => proc)).toEqual([0, 2]);
});

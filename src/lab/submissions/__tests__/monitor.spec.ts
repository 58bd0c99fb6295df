import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { createElement } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { submissions } from '../../../contract';
import type { AgentEvent, Call, Submission, SubmissionJob } from '../../../contract';
import { JobLogModel } from '../job-log-model';
import { NO_LIMITS } from '../limits';
import { SubmissionsModel } from '../model';
import { Monitor } from '../monitor';
import type { IMonitorActions } from '../monitor';
import { MonitorModel } from '../monitor-model';
import { TOKEN, job, submission } from './jobs';

const trans = nullTranslator.load('hepbatch');
const shown: Widget[] = [];
afterEach(() => shown.splice(0).forEach(widget => widget.dispose()));

const EXCEPTION = ['ValueError: shapes', ...Array<string>(20).fill('differ')].join('\n');

async function show(
  one: Submission,
  jobs: readonly SubmissionJob[],
  alike: readonly { cluster: string; procs: number[] }[] = []
) {
  const call: Call = endpoint => {
    const answers: Record<string, unknown> = {
      [submissions.list.path]: { submissions: [one] },
      [submissions.alike.path]: { jobs: alike },
      [submissions.jobs.path]: { jobs, revision: one.revision, more: false }
    };
    const exception = { exception: EXCEPTION, path: '/f/x.err' };
    return Promise.resolve(endpoint.reply.parse(answers[endpoint.path] ?? exception));
  };
  const list = new SubmissionsModel(call, new Signal<object, AgentEvent>({}));
  await list.refresh();
  const model = new MonitorModel(call, TOKEN, list);
  await vi.waitFor(() => expect(model.jobs).toHaveLength(jobs.length));
  const act = vi.fn<IMonitorActions['act']>();
  const actions: IMonitorActions = {
    act,
    run: () => undefined,
    open: () => undefined,
    copy: () => undefined,
    terminal: null,
    logOf: of => new JobLogModel(call, { token: TOKEN, ...of }, () => false)
  };
  const widget = ReactWidget.create(
    createElement(Monitor, { model, limits: NO_LIMITS, actions, trans })
  );
  Widget.attach(widget, document.body);
  shown.push(widget);
  await vi.waitFor(() => expect(widget.node.querySelector('h2')).not.toBeNull());
  const press = (words: RegExp) => {
    const buttons = [...widget.node.querySelectorAll('button')];
    buttons.find(({ textContent }) => words.test(textContent))?.click();
  };
  return { node: widget.node, press, act, model };
}

it('says plainly that its jobs cannot be seen, and from when what is shown is', async () => {
  const blind = {
    code: 'unreachable' as const,
    message: 'the line to the host broke',
    data: { next: 'It is tried again.' }
  };
  const { node } = await show(submission({ blind }), []);
  expect(node.textContent).toContain('Its jobs cannot be seen right now');
  expect(node.textContent).toContain('the line to the host broke');
  expect(node.textContent).toContain('What is shown is from');
});

it('offers to stop a sample whose first jobs failed alike, naming how many', async () => {
  const sample = {
    dataset: 'GJet',
    jobs: 22,
    files: 22,
    counts: { failed: 20, pending: 2 },
    alike: 'ModuleNotFoundError: coffea'
  };
  const jobs = [0, 1, 2].map(proc => job({ proc, state: proc === 0 ? 'failed' : 'pending' }));
  const { node, press, act } = await show(submission({ datasets: [sample] }), jobs);
  expect(node.textContent).toContain('all failed with: ModuleNotFoundError: coffea');
  press(/Stop the other 2 jobs/);
  expect(act).toHaveBeenCalledWith('remove', jobs.slice(1));
});

it('offers each verb for as many jobs as it fits, and none that cannot be done', async () => {
  const jobs = [
    job({ proc: 0, state: 'failed' }),
    job({ proc: 1, state: 'held' }),
    job({ proc: 2, state: 'running' })
  ];
  const { node, press, act } = await show(submission(), jobs);
  const verbs = node.querySelector('.jp-hepbatch-Verbs');
  const words = [...(verbs?.querySelectorAll('button') ?? [])].map(one => one.textContent);
  expect(words).toEqual(['Retry 2 jobs…', 'Hold 1 job…', 'Remove 2 jobs…']);
  press(/Retry 2 jobs/);
  expect(act).toHaveBeenCalledWith('retry', jobs.slice(0, 2));
});

it('selects the jobs of one reason, and retries exactly these', async () => {
  const jobs = [0, 1, 2, 3].map(proc => job({ proc, state: proc === 3 ? 'running' : 'failed' }));
  const group = { state: 'failed', advice: null, jobs: 2, cluster: 'AN-GJet', proc: 0 } as const;
  const groups = [{ ...group, words: 'ValueError: shapes' }];
  const alike = [{ cluster: 'AN-GJet', procs: [0, 2] }];
  const { node, press, act, model } = await show(submission({ groups }), jobs, alike);
  press(/^Select these$/);
  await vi.waitFor(() => expect(node.textContent).toContain('2 selected'));
  expect(model.chosen).toEqual([jobs[0], jobs[2]]);
  expect(model.shown).toEqual(jobs.slice(0, 3));
  press(/^Retry these/);
  await vi.waitFor(() => expect(act).toHaveBeenCalledWith('retry', [jobs[0], jobs[2]]));
});

it('offers no retry for what only waits, nor where nothing can be retried', async () => {
  const group = { advice: null, jobs: 2, cluster: 'AN-GJet', proc: 0, words: 'x' } as const;
  const waiting = await show(submission({ groups: [{ ...group, state: 'pending' }] }), [job({})]);
  expect(waiting.node.textContent).not.toContain('Retry these');
  const groups = [{ ...group, state: 'held' as const }];
  const imported = await show(submission({ groups, can: ['release'] }), [job({ state: 'held' })]);
  expect(imported.node.textContent).toContain('Select these');
  expect(imported.node.textContent).not.toContain('Retry these');
});

it('shows all lines of an exception folded where it is long, and none of a job that is well', async () => {
  const jobs = [job({ proc: 0, state: 'failed' }), job({ proc: 1, state: 'succeeded' })];
  const { node, model } = await show(submission(), jobs);
  model.look({ cluster: 'AN-GJet', proc: 0 });
  await vi.waitFor(() => expect(node.textContent).toContain('The whole message: 21 lines'));
  const folded = node.querySelector<HTMLDetailsElement>('.jp-hepbatch-Exception');
  expect(folded?.open).toBe(false);
  expect(folded?.querySelector('pre')?.textContent).toBe(EXCEPTION);
  model.look({ cluster: 'AN-GJet', proc: 1 });
  await vi.waitFor(() => expect(node.querySelector('.jp-hepbatch-Exception')).toBeNull());
});

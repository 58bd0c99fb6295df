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

async function show(one: Submission, jobs: readonly SubmissionJob[]) {
  const call: Call = endpoint => {
    const answer =
      endpoint.path === submissions.list.path
        ? { submissions: [one] }
        : { jobs, revision: one.revision, more: false };
    return Promise.resolve(endpoint.reply.parse(answer));
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
  return { node: widget.node, press, act };
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

import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../lab/__tests__/real-agent';
import { button } from '../../lab/connections/__tests__/views';
import { submissionView, SubmissionWidgetModel } from '../submissions';
import { modelOf } from './kernel';
import { kernelOfSubmission } from './kernel-of-submission';

const ends: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(ends.splice(0).map(end => end())), 60_000);

async function open(...args: Parameters<typeof kernelOfSubmission>) {
  const { kernel, service, tellTo, end } = await kernelOfSubmission(...args);
  ends.push(end);
  const { model, event } = modelOf(SubmissionWidgetModel, kernel);
  tellTo(event);
  const View = submissionView(nullTranslator.load('hepbatch'));
  const view = new View({ model, el: document.createElement('div') });
  document.body.append(view.el);
  view.render();
  view.trigger('displayed');
  MessageLoop.flush();
  await until(() => button(view.el, 'Submit') !== undefined);
  return { node: view.el, service, model };
}

const TIMEOUT = { timeout: 120_000 };

it('previews, submits, says what failed, and runs that again', TIMEOUT, async () => {
  const { node, service, model } = await open(['good', 'bad']);
  button(node, 'Preview')?.click();
  await until(() => node.querySelector('section') !== null);
  expect(node.textContent).toContain('2 input files, 2 jobs, 1 cluster');
  const toggle = node.querySelector<HTMLInputElement>('input[type=checkbox]');
  expect(toggle?.checked).toBe(true);
  await until(() => toggle?.disabled === false);
  toggle?.click();
  await until(() => node.querySelector('section') === null);
  button(node, 'Submit')?.click();
  await until(() => node.textContent.includes('done'));
  const [submission] = await service.list();
  // The toggle was heard: a cluster for each job.
  expect(submission).toMatchObject({ clusters: { submitted: 2 }, counts: { failed: 1 } });
  expect(node.querySelector('[role=img]')?.getAttribute('aria-label')).toBe(
    'GJet: 1 failed, 1 succeeded'
  );
  expect(node.textContent).toMatch(/1 failed: OSError: file .*bad\.root is empty/);
  expect(button(node, 'Submit')).toBeUndefined();
  expect(button(node, 'Hold')).toBeUndefined();
  // Nothing of it is saved with the notebook.
  expect(JSON.stringify(model.get_state())).not.toContain(submission?.token);

  await until(() => button(node, 'Retry 1 job')?.disabled === false);
  button(node, 'Retry 1 job')?.click();
  await until(() => node.textContent.includes('What failed runs again'));
  expect((await service.list()).map(({ parent }) => parent)).toContain(submission?.token);
});

it('removes jobs that run', TIMEOUT, async () => {
  const { node } = await open(['slow']);
  button(node, 'Submit')?.click();
  await until(() => button(node, 'Remove 1 job')?.disabled === false);
  button(node, 'Remove 1 job')?.click();
  await until(() => node.textContent.includes('1 removed'));
  expect(button(node, 'Remove 1 job')).toBeUndefined();
});

it('shows what the agent refuses, and can be tried again', TIMEOUT, async () => {
  const { node } = await open(['good'], { queue: 'workday' });
  button(node, 'Submit')?.click();
  await until(() => node.querySelector('[role="alert"]') !== null);
  expect(node.textContent).toContain('vanilla-local has no such field');
  expect(button(node, 'Submit')?.disabled).toBe(false);
});

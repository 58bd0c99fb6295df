import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { createElement } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { until } from '../../__tests__/real-agent';
import { button, control, fill, show } from '../../connections/__tests__/views';
import { SubmissionFormView } from '../form';
import { SubmissionForm } from '../form-model';
import { FormValues } from '../form-values';
import { openRealSubmissions } from './real-submissions';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    await one.dispose();
  }
});

// jsdom has no layout.
Element.prototype.scrollIntoView = () => undefined;

async function open(values: Partial<FormValues> = {}) {
  const real = await openRealSubmissions();
  const keep = vi.fn(() => Promise.resolve());
  const form = new SubmissionForm({
    call: real.call,
    submissions: real.model,
    connections: real.hosts,
    first: FormValues.parse({ connection: 'vanilla-local', ...values }),
    interpreter: null,
    parent: null,
    keep,
    pause: 10,
    trans
  });
  const onSubmitted = vi.fn();
  const maySubmit = vi.fn(() => Promise.resolve(true));
  const none = () => null;
  const view = ReactWidget.create(
    createElement(SubmissionFormView, {
      form,
      choosers: { file: none, folder: none, editors: null },
      maySubmit,
      onSubmitted,
      onCancel: () => undefined,
      onOpen: () => undefined,
      onNewConnection: () => undefined,
      trans
    })
  );
  const node = show(view);
  opened.push(view, form, real);
  await until(() => node.querySelector('form') !== null);
  return { ...real, form, node, keep, maySubmit, onSubmitted };
}

const editor = (node: ParentNode) =>
  node.querySelector<HTMLTextAreaElement>('.jp-hepbatch-JsonEditor textarea');

it('opens the samples JSON that the runner JSON names, and counts what was typed', async () => {
  const { form, node, at } = await open();
  fill(control(node, 'Runner JSON'), at('runner.json'));
  button(node, 'Edit it here')?.click();
  await until(() => editor(node) !== null);
  expect(editor(node)?.value).toBe(JSON.stringify({ GJet: [at('a.root')] }));
  expect(node.textContent).toContain('1 dataset, 1 file; they go with the submission.');

  form.change({ samplesEdited: { name: 'samples.json', text: '{"GJet": ["/a" "/b"]}' } });
  await until(() => editor(node)?.getAttribute('aria-invalid') === 'true');
  expect(node.textContent).toContain(
    'Line 1: after file 1 of dataset GJet, a comma or ] is missing'
  );
  expect(await form.look()).toBeNull();

  const two = { GJet: [at('a.root')], Data: [at('a.root')] };
  form.change({ samplesEdited: { name: 'samples.json', text: JSON.stringify(two) } });
  await until(
    () => node.querySelector('.jp-hepbatch-Toggle')?.textContent.includes('2 jobs') === true
  );
});

it('begins empty with an example, and goes back to a path', async () => {
  const { node, form } = await open();
  button(node, 'Edit it here')?.click();
  await until(() => editor(node) !== null);
  expect(editor(node)?.value).toBe('');
  expect(editor(node)?.placeholder).toContain('GJet_Pt-40toInf');
  button(node, 'Take a path instead')?.click();
  await until(() => editor(node) === null);
  expect(form.values.samplesEdited).toBeNull();
});

it('says beside the field why a path cannot be edited, and keeps the path', async () => {
  const { node, form, at } = await open();
  form.change({ samples: at('gone.json') });
  await form.editSamples();
  await until(() => node.textContent.includes('there is no samples JSON'));
  expect(editor(node)).toBeNull();
  expect(form.values.samples).toBe(at('gone.json'));
});

it('begins empty where the runner JSON names none, and says why', async () => {
  const { form, at } = await open();
  form.change({ runner: at('samples.json') });
  await form.editSamples();
  expect(form.values.samplesEdited).toEqual({ name: 'samples.json', text: '' });
  expect(form.errors.samples).toContain('samplejson names no file');
});

it('edits what an audit gave', async () => {
  const given = { kind: 'content' as const, name: 'missing.json', json: { GJet: ['/a.root'] } };
  const { node, form } = await open({ samplesGiven: given });
  button(node, 'Edit it here')?.click();
  await until(() => editor(node) !== null);
  expect(form.values).toMatchObject({
    samplesGiven: null,
    samplesEdited: { name: 'missing.json' }
  });
  expect(JSON.parse(editor(node)?.value ?? '')).toEqual(given.json);
});

it('submits what was written, once, and remembers it', async () => {
  const { node, form, keep, maySubmit, onSubmitted, at, call } = await open();
  const text = JSON.stringify({ GJet: [at('a.root')] });
  form.change({
    runner: at('runner.json'),
    samplesEdited: { name: 'mine.json', text },
    program: '/bin/true',
    folder: at('')
  });
  button(node, 'Submit…')?.click();
  await until(() => onSubmitted.mock.calls.length > 0);
  expect(maySubmit).toHaveBeenCalledOnce();
  expect(keep).toHaveBeenCalledOnce();
  expect(keep.mock.calls[0]).toMatchObject([{ samplesEdited: { name: 'mine.json', text } }, null]);
  const { submissions } = await import('../../../contract');
  const listed = (await call(submissions.list, undefined)).submissions;
  expect(listed).toHaveLength(1);
  const asked = await call(submissions.request, { token: listed[0]?.token ?? '' });
  expect(asked.samples).toEqual({
    ...{ kind: 'content', name: 'mine.json', json: { GJet: [at('a.root')] } }
  });
});

it('moves to the first field with a fault, and submits nothing', async () => {
  const { node, maySubmit } = await open();
  button(node, 'Submit…')?.click();
  await until(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  expect(document.activeElement).toBe(control(node, 'Runner JSON'));
  expect(maySubmit).not.toHaveBeenCalled();
});

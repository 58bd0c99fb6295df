/** The form of a new audit: what it offers, and what it asks for. */
import { createElement } from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { afterEach, expect, it, vi } from 'vitest';
import type { AuditRequest, Connection } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { connection } from '../../connections/__tests__/real-connections';
import { button, show } from '../../connections/__tests__/views';
import { AuditForm } from '../form';
import { EMPTY_FORM, fillForm } from '../form-model';

const trans = nullTranslator.load('hepbatch');
const shown: Widget[] = [];
afterEach(() => shown.splice(0).forEach(widget => widget.dispose()));

const away = (id: string, state: Connection['state']) =>
  connection(id, { state }, { host: { kind: 'ssh', destination: `${id}.cern.ch` } });

/** A form on a page; `prefilled` stands over an empty one. */
async function open(known: Connection[], prefilled: object = {}) {
  const changed = new Signal<object, void>({});
  const places = {
    connections: known,
    stateChanged: changed,
    choose: vi.fn(() => Promise.resolve('/eos/chosen'))
  };
  const choose = vi.fn(() => Promise.resolve('/home/chosen'));
  const onStart = vi.fn<(request: AuditRequest) => Promise<void>>(() => Promise.resolve());
  const first = fillForm(EMPTY_FORM, prefilled);
  const form = createElement(AuditForm, {
    first,
    serverRoot: '/home/me',
    choose,
    places,
    onStart,
    trans
  });
  const widget = ReactWidget.create(form);
  shown.push(widget);
  const node = show(widget);
  await until(() => node.querySelector('form') !== null);
  const field = (label: string) => {
    const found = [...node.querySelectorAll('label')].find(
      ({ textContent }) => textContent === label
    );
    return node.querySelector<HTMLInputElement | HTMLSelectElement>(
      `[id="${found?.htmlFor ?? ''}"]`
    );
  };
  const options = (label: string) =>
    [...(field(label)?.querySelectorAll('option') ?? [])].map(({ textContent }) => textContent);
  const pick = (label: string, value: string) => {
    const select = field(label);
    if (select !== null) {
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    }
  };
  return { node, places, changed, choose, onStart, field, options, pick };
}

it('offers this machine and the hosts of open connections, as they come', async () => {
  const known = [away('lxplus', 'open'), away('psi', 'closed'), connection('dask-local')];
  const { options, changed } = await open(known);
  expect(options('Where')).toEqual(['This machine', 'the lxplus']);
  known[1] = away('psi', 'open');
  changed.emit();
  await until(() => options('Where').length === 3);
});

it('asks on which side the samples JSON is only where there are two', async () => {
  const { field, pick } = await open([away('lxplus', 'open')]);
  expect(field('Samples JSON is')).toBeNull();
  pick('Where', 'lxplus');
  await until(() => field('Samples JSON is') !== null);
});

it('keeps a connection that is not open any more, and says what to do', async () => {
  const { options, node } = await open([away('lxplus', 'lost')], { on: 'lxplus' });
  expect(options('Where')).toEqual(['This machine', 'the lxplus (not open)']);
  expect(node.textContent).toContain('Open this connection in the sidebar first.');
  const unknown = await open([], { on: 'gone' });
  expect(unknown.options('Where')).toEqual(['This machine', 'gone (not known)']);
});

it('chooses folders of the host there, and files of this machine here', async () => {
  const { node, places, choose, field } = await open([away('lxplus', 'open')], {
    on: 'lxplus',
    source: '/eos/out'
  });
  button(node, 'Choose: Output folder')?.click();
  await until(() => field('Output folder')?.value === '/eos/chosen');
  expect(places.choose).toHaveBeenCalledWith('lxplus', 'Output folder', '/eos/out');
  button(node, 'Choose: Samples JSON')?.click();
  await until(() => field('Samples JSON')?.value === '/home/chosen');
  expect(choose).toHaveBeenCalledOnce();
  // There only folders can be chosen: a program is typed.
  expect(button(node, 'Choose: dasgoclient')).toBeUndefined();
});

it('asks for the audit there', async () => {
  const prefilled = { on: 'lxplus', inputsOn: 'there', samplesJson: '/s.json', source: '/out' };
  const { node, onStart } = await open([away('lxplus', 'open')], prefilled);
  button(node, 'Start audit')?.click();
  await until(() => onStart.mock.calls.length > 0);
  expect(onStart.mock.calls[0]?.[0]).toMatchObject({ ...prefilled, expected: 'auto' });
});

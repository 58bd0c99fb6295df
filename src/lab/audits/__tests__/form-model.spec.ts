// @vitest-environment node
import { nullTranslator } from '@jupyterlab/translation';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { AuditRequest } from '../../../contract';
import { EMPTY_FORM, fillForm, readForm, remembered } from '../form-model';
import type { IFormValues } from '../form-model';

const trans = nullTranslator.load('hepbatch');
const filled: IFormValues = { ...EMPTY_FORM, samplesJson: 's.json', source: 'out' };
const read = (more: Partial<IFormValues>) => readForm({ ...filled, ...more }, '/home/me', trans);

it('asks for what is typed, with absolute paths and numbers', () => {
  expect(read({ chunk: '500 000', limit: '3', dasgoclient: '/bin/das' })).toEqual({
    errors: {},
    request: {
      on: null,
      inputsOn: 'here',
      samplesJson: '/home/me/s.json',
      source: '/home/me/out',
      convention: 'DAS',
      expected: 'auto',
      events: null,
      dasgoclient: '/bin/das',
      chunk: 500_000,
      limit: 3,
      variations: 'all',
      check: 'new',
      logs: null,
      skipBadFiles: false,
      timeoutSeconds: 30,
      workers: 4
    }
  });
});

it('says what is wrong beside the field where it is', () => {
  expect(read({ samplesJson: ' ', source: '' })).toMatchObject({
    request: null,
    errors: { samplesJson: expect.any(String) as string, source: expect.any(String) as string }
  });
  expect(Object.keys(read({ expected: 'events' }).errors)).toEqual(['events']);
  for (const wrong of ['0', '-1', 'x', '1.5', '1e400']) {
    expect(Object.keys(read({ chunk: wrong }).errors)).toEqual(['chunk']);
  }
  expect(Object.keys(read({ workers: '65' }).errors)).toEqual(['workers']);
  expect(read({ timeoutSeconds: '0.5' }).errors).toEqual({});
  expect(Object.keys(read({ timeoutSeconds: '3601' }).errors)).toEqual(['timeoutSeconds']);
});

it('takes paths of another host as they are, and only whole ones', () => {
  const away = { on: 'lxplus', source: ' ~/out ', logs: '/logs', dasgoclient: '/cvmfs/das' };
  expect(read(away)).toMatchObject({
    errors: {},
    request: {
      on: 'lxplus',
      inputsOn: 'here',
      samplesJson: '/home/me/s.json',
      source: '~/out',
      logs: '/logs',
      dasgoclient: '/cvmfs/das'
    }
  });
  expect(Object.keys(read({ ...away, source: 'out', logs: 'l' }).errors)).toEqual([
    'source',
    'logs'
  ]);
  const there = { ...away, inputsOn: 'there', expected: 'events', events: 'e.json' } as const;
  expect(Object.keys(read(there).errors)).toEqual(['samplesJson', 'events']);
  const whole = read({ ...there, samplesJson: '/s.json', events: '~/e.json' });
  expect(whole.request).toMatchObject({ samplesJson: '/s.json', events: '~/e.json' });
  expect(Object.keys(read({ on: 'No Name', source: '/out' }).errors)).toEqual(['on']);
  // Of this machine nothing is there, whatever was chosen before.
  expect(read({ inputsOn: 'there' }).request).toMatchObject({ on: null, inputsOn: 'here' });
});

it('does not send a field that the choice hides', () => {
  const typed = { events: '/e.json', dasgoclient: '/das' };
  expect(read({ ...typed, expected: 'count' }).request).toMatchObject({
    events: null,
    dasgoclient: null
  });
  expect(read({ ...typed, expected: 'events' }).request?.events).toBe('/e.json');
});

it('either gives a request that fits the contract or names a field', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('', '1', '30', '0', '~/x', '/x'));
  const forms = fc.record({
    ...Object.fromEntries(Object.keys(EMPTY_FORM).map(key => [key, text])),
    on: fc.oneof(fc.constantFrom('', 'lxplus'), text),
    inputsOn: fc.constantFrom('here', 'there'),
    convention: fc.constantFrom('DAS', 'Legacy'),
    expected: fc.constantFrom('auto', 'das', 'events', 'count', 'none'),
    variations: fc.constantFrom('all', 'nominal'),
    check: fc.constantFrom('new', 'all', 'names'),
    skipBadFiles: fc.boolean()
  });
  fc.assert(
    fc.property(forms, form => {
      const { request, errors } = readForm(fillForm(EMPTY_FORM, form), '/home/me', trans);
      expect(request === null).toBe(Object.keys(errors).length > 0);
      if (request !== null) {
        expect(AuditRequest.parse(request)).toEqual(request);
      }
    })
  );
});

it('passes over settings and memories that do not fit', () => {
  expect(
    fillForm(EMPTY_FORM, { convention: 'LFN', check: 7, chunk: { a: 1 }, workers: 8 })
  ).toEqual({
    ...EMPTY_FORM,
    workers: '8'
  });
  expect(fillForm(EMPTY_FORM, null)).toEqual(EMPTY_FORM);
  expect(fillForm(filled, { source: '/eos', convention: 'Legacy', limit: null })).toEqual({
    ...filled,
    source: '/eos',
    convention: 'Legacy'
  });
});

it('remembers what belongs to the analysis, but no limit, which would hide files', () => {
  const form = { ...filled, limit: '2', convention: 'Legacy', check: 'names' } as const;
  expect(fillForm(EMPTY_FORM, remembered(form))).toEqual({ ...filled, convention: 'Legacy' });
});

// @vitest-environment node
import { nullTranslator } from '@jupyterlab/translation';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { BACKENDS, ConnectionId, ConnectionProfile } from '../../../contract';
import { emptyForm, formOf, idOf, readForm, takeForm } from '../form-values';
import type { IFormValues } from '../form-values';

const trans = nullTranslator.load('hepbatch');
const named = { title: 'Mine', id: 'mine' };
const read = (values: Partial<IFormValues>) =>
  readForm({ ...emptyForm('vanilla-lxplus'), ...named, ...values }, trans);

it('makes a profile of what is filled in, and leaves out what is empty', () => {
  const { profile, errors } = read({
    place: 'ssh',
    destination: ' lxplus.cern.ch ',
    user: '',
    port: 22,
    defaults: { cores: 4, memory: ' 4GB ', image: '' },
    advanced: { client: 'openssh', jobs: 100 }
  });
  expect(errors).toEqual({});
  expect(profile).toEqual({
    id: 'mine',
    title: 'Mine',
    description: '',
    backend: 'vanilla-lxplus',
    host: {
      kind: 'ssh',
      destination: 'lxplus.cern.ch',
      user: null,
      port: 22,
      jump: null,
      client: 'openssh'
    },
    defaults: { cores: 4, memory: '4GB' },
    limits: { jobs: 100 }
  });
});

it('says what is wrong beside the field where it is', () => {
  const { profile, errors } = read({
    title: '',
    id: 'No Id',
    place: 'ssh',
    destination: '-oProxyCommand=x',
    port: 70_000,
    defaults: { cores: 'many', memory: '4 gigs', flavour: 'espresso' },
    advanced: { jobs: -1 }
  });
  expect(profile).toBeNull();
  expect(errors).toEqual({
    title: 'This is needed.',
    id: '“No Id” is no id: lower case letters, digits, dot, dash, underscore.',
    destination: '“-oProxyCommand=x” is no host name or alias.',
    port: '70000 is too much: 65535 is the most.',
    'defaults.cores': '“many” is no whole number.',
    'defaults.memory': '“4 gigs” is no size such as 4GB or 8000MB.',
    'advanced.jobs': '-1 is too small: 0 is the least.'
  });
  expect(read({ place: 'alias' }).errors).toEqual({ alias: 'This is needed.' });
  expect(read({ title: 'x'.repeat(81) }).errors['title']).toContain('80 characters');
});

it('takes nothing from the fields of another backend', () => {
  const values = { ...emptyForm('dask-local'), ...named, defaults: { flavour: 'x', cores: 2 } };
  expect(readForm(values, trans).profile?.defaults).toEqual({ cores: 2 });
});

it('shows a profile so that it comes out as it went in', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9.]{0,12}$/);
  const host = fc.oneof(
    fc.constant({ kind: 'local' }),
    fc.record({
      kind: fc.constant('ssh'),
      destination: word,
      user: fc.option(word),
      port: fc.option(fc.integer({ min: 1, max: 65_535 })),
      jump: fc.option(word),
      client: fc.constantFrom('auto', 'ssh2', 'openssh')
    })
  );
  const some = fc.record({
    id: word,
    title: word,
    description: fc.oneof(fc.constant(''), word),
    backend: fc.constantFrom(...BACKENDS),
    host,
    defaults: fc.record({ cores: fc.integer({ min: 1, max: 64 }) }, { requiredKeys: [] }),
    limits: fc.record({ jobs: fc.nat() }, { requiredKeys: [] })
  });
  fc.assert(
    fc.property(some, fc.array(word), fc.boolean(), (given, others, isAlias) => {
      const profile = ConnectionProfile.parse(given);
      const known = profile.host.kind === 'ssh' && isAlias ? [profile.host.destination] : [];
      const values = formOf(profile, [...others, ...known]);
      expect(readForm(values, trans)).toEqual({ profile, errors: {} });
    })
  );
});

it('takes only what is a form', () => {
  const known = emptyForm('dask-local');
  expect(takeForm({ backend: 'nonsense' }, known)).toBe(known);
  expect(takeForm(undefined, known)).toBe(known);
  const more = { ...known, title: 'x', defaults: { cores: 2 } };
  expect(takeForm(more, known)).toEqual(more);
});

it('makes ids of titles that are ids, and unlike others', () => {
  expect(idOf('My LXPLUS, with codes', new Set())).toBe('my-lxplus-with-codes');
  expect(idOf('Île-de-France (2)', new Set())).toBe('ile-de-france-2');
  expect(idOf('Mine', new Set(['mine', 'mine-2']))).toBe('mine-3');
  expect(idOf('世界', new Set())).toBe('');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 90 }), title => {
      const id = idOf(title, new Set([idOf(title, new Set())]));
      expect(id === '' || ConnectionId.safeParse(id).success).toBe(true);
    })
  );
});

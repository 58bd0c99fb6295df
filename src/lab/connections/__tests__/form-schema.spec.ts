// @vitest-environment node
import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { BACKENDS, DEFAULTS } from '../../../contract';
import { formSchema } from '../form-schema';

const trans = nullTranslator.load('hepbatch');
const fields = (backend: (typeof BACKENDS)[number], place: 'local' | 'alias' | 'ssh') => {
  const { schema, uiSchema } = formSchema({ backend, place, aliases: ['alpha'], trans });
  const inside = (key: string): unknown[] => {
    const part: unknown = schema.properties?.[key];
    const properties =
      typeof part === 'object' && part !== null && 'properties' in part ? part.properties : {};
    return Object.keys({ ...(typeof properties === 'object' ? properties : {}) });
  };
  return { schema, uiSchema, inside, keys: Object.keys(schema.properties ?? {}) };
};

it.each(BACKENDS)('%s has the plain fields of its contract and no other', backend => {
  const { inside, keys } = fields(backend, 'local');
  // The others are asked for where a cluster is made.
  const others = [
    ...['adaptive', 'processes', 'lifetimeMinutes', 'logFolder', 'prologue', 'environment'],
    ...['directives', 'workerPython', 'interface', 'schedulerPort', 'dashboardAddress']
  ];
  const plain = Object.keys(DEFAULTS[backend].shape).filter(key => !others.includes(key));
  expect(inside('defaults')).toEqual(plain);
  expect(keys.slice(0, 2)).toEqual(['backend', 'place']);
  expect(inside('advanced')).toEqual(
    backend.startsWith('dask') ? ['clusters', 'workers'] : ['jobs']
  );
});

it('asks for a host only where one is to be reached', () => {
  expect(fields('dask-slurm', 'local').keys).not.toContain('destination');
  expect(fields('dask-slurm', 'alias').keys).toContain('alias');
  const { keys, inside } = fields('dask-slurm', 'ssh');
  expect(keys).toEqual(expect.arrayContaining(['destination', 'user', 'port', 'jump']));
  expect(inside('advanced')).toContain('client');
});

it('offers aliases only where there are some', () => {
  const { schema } = formSchema({ backend: 'dask-local', place: 'local', aliases: [], trans });
  expect(schema.properties?.['place']).toMatchObject({ enum: ['local', 'ssh'] });
  expect(fields('dask-local', 'alias').schema.properties?.['alias']).toMatchObject({
    enum: ['alpha']
  });
});

it('leaves checks and defaults to the contract, and hides nothing behind a choice of null', () => {
  for (const backend of BACKENDS) {
    const text = JSON.stringify(fields(backend, 'ssh').schema);
    expect(text).not.toMatch(/"(anyOf|oneOf|pattern|default|const)"/);
  }
  expect(fields('dask-local', 'ssh').schema.properties?.['port']).toMatchObject({
    type: 'integer',
    title: 'Port'
  });
});

import { nullTranslator } from '@jupyterlab/translation';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClusterBackend, CLUSTER_OPTIONS, ConnectionProfile } from '../../../contract';
import { isDask } from '../dask-profile';
import type { DaskProfile } from '../dask-profile';
import { clusterSchema } from '../form-schema';
import { emptyValues, readValues, valuesLike } from '../form-values';
import type { ClusterValues } from '../form-values';

const trans = nullTranslator.load('hepbatch');

/** A profile of a backend; what is given stands over it. */
function profile(backend: ClusterBackend, over: object = {}): DaskProfile {
  const host = { kind: 'local' };
  const read = ConnectionProfile.parse({ id: 'x', title: 'x', backend, host, ...over });
  if (!isDask(read)) {
    throw new Error(`${backend} has no clusters`);
  }
  return read;
}

const read = (values: Partial<ClusterValues>, of = profile('dask-htcondor')) =>
  readValues({ ...emptyValues(of), ...values }, of, null, trans);

it('asks for two workers where nothing says how many, and else for what the profile says', () => {
  expect(read({}).request).toEqual({
    connection: 'x',
    name: null,
    interpreter: null,
    options: { workers: 2 }
  });
  const sized = profile('dask-local', { defaults: { workers: 8 } });
  expect(read({}, sized).request?.options).toEqual({});
});

it('reads lines, pairs, ports and numbers', () => {
  const { request, errors } = read({
    options: { memory: ' 4GB ', cores: 2, idleMinutes: 30, tls: false },
    advanced: {
      prologue: 'module load x\n\nexport A=1\n',
      environment: 'A=1\nB = two words=3',
      directives: '+JobFlavour="longlunch"',
      schedulerPort: '10000:10100'
    }
  });
  expect(errors).toEqual({});
  expect(request?.options).toMatchObject({
    memory: '4GB',
    cores: 2,
    idleMinutes: 30,
    tls: false,
    prologue: ['module load x', '', 'export A=1'],
    environment: { A: '1', B: 'two words=3' },
    directives: { '+JobFlavour': '"longlunch"' },
    schedulerPort: [10000, 10100]
  });
  expect(read({ advanced: { schedulerPort: '8786' } }).request?.options.schedulerPort).toBe(8786);
});

it('says what is wrong beside its field', () => {
  const { request, errors } = read({
    name: 'x'.repeat(99),
    workers: 'many',
    options: { memory: '4 gigs' },
    advanced: { environment: 'NOTHING', schedulerPort: 'x' }
  });
  expect(request).toBeNull();
  expect(errors['options.memory']).toBe('“4 gigs” is no size such as 4GB or 8000MB.');
  expect(Object.keys(errors).sort()).toEqual([
    'advanced.environment',
    'advanced.schedulerPort',
    'name',
    'options.memory',
    'workers'
  ]);
  expect(errors['advanced.environment']).toBe('“NOTHING” is no NAME=value.');
  expect(read({ advanced: { environment: '1A=2' } }).errors).toEqual({
    'advanced.environment': '“1A” is no name of a variable.'
  });
});

it('takes bounds that fit each other, with the usual ones where they are left empty', () => {
  expect(read({ size: 'adaptive', maximum: 10 }).request?.options).toEqual({
    adaptive: { minimum: 0, maximum: 10, idleSeconds: 60 }
  });
  expect(read({ size: 'adaptive', minimum: 5, maximum: 2 }).errors).toHaveProperty('maximum');
  expect(read({ size: 'adaptive' }).errors).toEqual({ maximum: 'This is needed.' });
});

it('leaves out what the site has locked and what another backend has', () => {
  const of = profile('dask-slurm', {
    defaults: { account: 'cms', workers: 3 },
    locked: ['account', 'workers']
  });
  const values = { size: 'fixed', workers: 9, options: { account: 'mine', flavour: 'workday' } };
  expect(read(values as Partial<ClusterValues>, of).request?.options).toEqual({});
});

it('shows a locked field as such, with the value of the site', () => {
  const of = profile('dask-slurm', { defaults: { account: 'cms' }, locked: ['account'] });
  const { schema, uiSchema } = clusterSchema({ profile: of, size: 'fixed', trans });
  expect(uiSchema['options']).toMatchObject({
    account: { 'ui:disabled': true, 'ui:placeholder': 'cms' },
    partition: { 'ui:disabled': false }
  });
  expect(JSON.stringify(schema)).toContain('Fixed by the profile of the connection.');
});

it.each(ClusterBackend.options)('has each field of %s once', backend => {
  const { schema } = clusterSchema({ profile: profile(backend), size: 'fixed', trans });
  const names = (part: string) => {
    const field = schema.properties?.[part];
    return typeof field === 'object' ? Object.keys(field.properties ?? {}) : [];
  };
  const shown = [...names('options'), ...names('advanced'), 'workers', 'adaptive'];
  expect(shown.sort()).toEqual(Object.keys(CLUSTER_OPTIONS[backend].shape).sort());
});

it('fills in what another cluster has, so that the same is asked for', () => {
  const line = fc.stringMatching(/^[a-z=$"' ]{0,8}[a-z]$/);
  const options = fc.record(
    {
      cores: fc.integer({ min: 1, max: 64 }),
      memory: fc.constantFrom('2GB', '500MB'),
      tls: fc.boolean(),
      prologue: fc.array(line, { minLength: 1 }),
      environment: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,5}$/), line, { minKeys: 1 }),
      schedulerPort: fc.constantFrom<number | [number, number]>(8786, [10000, 10100])
    },
    { requiredKeys: [] }
  );
  const size = fc.oneof(
    fc.record({ workers: fc.integer({ min: 0, max: 99 }) }),
    fc.constant({ adaptive: { minimum: 1, maximum: 5, idleSeconds: 9 } })
  );
  fc.assert(
    fc.property(options, size, (some, sized) => {
      const asked = CLUSTER_OPTIONS['dask-htcondor'].parse({ ...some, ...sized });
      const values = valuesLike(asked, 'dask-htcondor');
      expect(read(values).errors).toEqual({});
      const { environment = {}, prologue = [], ...rest } = read(values).request?.options ?? {};
      const trimmed = Object.fromEntries(
        Object.entries(asked.environment ?? {}).map(([key, value]) => [key, value.trim()])
      );
      const { prologue: lines = [] } = asked;
      const others = { ...asked, environment: undefined, prologue: undefined };
      expect(rest).toEqual(JSON.parse(JSON.stringify(others)));
      expect(environment).toEqual(trimmed);
      expect(prologue).toEqual(lines);
    })
  );
});

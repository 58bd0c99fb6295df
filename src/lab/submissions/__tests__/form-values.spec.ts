import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { SubmissionRequest } from '../../../contract';
import { FormValues, readValues, valuesOf } from '../form-values';

const trans = nullTranslator.load('hepbatch');
const read = (values: Partial<FormValues>) =>
  readValues(
    FormValues.parse({ connection: 'vanilla-local', runner: '/home/me/an.json', ...values }),
    null,
    trans
  );

it('asks for no more than is filled in', () => {
  expect(read({}).request).toEqual(
    SubmissionRequest.parse({
      connection: 'vanilla-local',
      runner: { kind: 'path', path: '/home/me/an.json' }
    })
  );
});

it('keeps words together as a shell would', () => {
  const { request } = read({ words: "--triggerGroup '.*EGamma.*2018.*' --x 'a b'" });
  expect(request?.arguments).toEqual(['--triggerGroup', '.*EGamma.*2018.*', '--x', 'a b']);
});

it('says what is wrong beside the field where it is', () => {
  expect(read({ runner: '' }).errors).toHaveProperty('runner');
  expect(read({ words: "--x 'a" }).errors).toEqual({ words: "A quote ' is not closed." });
  expect(read({ memory: 'much' }).errors).toHaveProperty('memory');
  expect(read({ filesPerJob: '0' }).errors).toHaveProperty('filesPerJob');
  expect(read({ environment: 'no value' }).errors).toHaveProperty('environment');
  expect(read({ filesPerJob: '0' }).request).toBeNull();
});

it('shows a request as it was asked for', () => {
  const request = SubmissionRequest.parse({
    connection: 'vanilla-lxplus',
    runner: { kind: 'path', path: '~/an.json' },
    samples: { kind: 'content', name: 'missing.json', json: { GJet: ['/a.root'] } },
    clusterPerSample: false,
    program: ['/opt/run analysis.py'],
    arguments: ['--a', "it's", ''],
    framework: 'bottom_line',
    options: {
      queue: 'workday',
      memory: 4000,
      filesPerJob: 3,
      only: ['GJet*'],
      retries: 0,
      setup: ['source /x.sh', 'true'],
      environment: { A: 'b=c' },
      directives: { '+JobFlavour': '"x"' },
      output: '/eos/out'
    }
  });
  expect(readValues(valuesOf(request), null, trans)).toEqual({ request, errors: {} });
});

it('asks for the samples JSON that is written in the form, and says what is wrong with it', () => {
  const written = (text: string) => read({ samplesEdited: { name: 'mine.json', text } });
  expect(written('{"GJet": ["/a.root"]}').request?.samples).toEqual({
    ...{ kind: 'content', name: 'mine.json', json: { GJet: ['/a.root'] } }
  });
  const { request, errors } = written('');
  expect(request).toBeNull();
  expect(errors).toEqual({ samples: 'Line 1: a samples JSON begins with { (here is the end).' });
});

/** The environment that a form has, while its connection goes and comes back. */
import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';
import { environments } from '../../../contract';
import type { Call } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { ClusterForm } from '../../clusters/form-model';
import { ClustersModel } from '../../clusters/model';
import { RememberedChoices } from '../../clusters/remembered';
import { connection } from '../../connections/__tests__/real-connections';
import { SubmissionForm } from '../form-model';
import { FormValues } from '../form-values';
import { openRealSubmissions } from './real-submissions';

const trans = nullTranslator.load('hepbatch');
const pythons = ['/first/python', '/second/python'].map(path => ({
  ...{ interpreter: { kind: 'python', path }, title: path, path, state: 'usable' },
  ...{ versions: {}, missing: [], reason: null, fix: null }
}));

type Real = Awaited<ReturnType<typeof openRealSubmissions>>;

const forms = {
  submission: ({ call, model, hosts }: Real) =>
    new SubmissionForm({
      ...{ call, submissions: model, connections: hosts, interpreter: null, parent: null, trans },
      first: FormValues.parse({ connection: 'far' }),
      keep: () => Promise.resolve()
    }),
  cluster: ({ call, heard, hosts }: Real) => {
    const form = new ClusterForm({
      ...{ call, connections: hosts, kernel: null, trans },
      clusters: new ClustersModel(call, heard),
      remembered: new RememberedChoices(null)
    });
    void form.choose('far');
    return form;
  }
};

it.each(['submission', 'cluster'] as const)('stays what was chosen: %s', async kind => {
  const real = await openRealSubmissions();
  let asked = 0;
  const call: Call = (endpoint, body) => {
    if (endpoint.path !== environments.list.path) {
      return real.call(endpoint, body);
    }
    asked += 1;
    const answer = { environments: pythons, mismatches: [] };
    return Promise.resolve(endpoint.reply.parse(answer));
  };
  const backend = kind === 'submission' ? 'vanilla-slurm' : 'dask-slurm';
  const host = { kind: 'ssh', destination: 'far.example.org' };
  const tell = (state: 'open' | 'lost') =>
    real.heard.emit({
      ...{ sequence: 1, topic: 'connection' },
      connection: connection('far', { state }, { backend, host })
    });
  tell('open');
  const form = forms[kind]({ ...real, call });
  await until(() => form.environments.isLoaded);
  expect(asked).toBe(1);
  const second = { kind: 'python', path: '/second/python' } as const;
  form.environments.choose(second);
  tell('lost');
  expect(form.isReachable).toBe(false);
  tell('open');
  await until(() => asked === 2);
  await new Promise(resolve => setTimeout(resolve, 0));
  expect(form.environments.chosen).toEqual(second);
  expect(form.environments.environments).toHaveLength(2);
  form.dispose();
  await real.dispose();
});

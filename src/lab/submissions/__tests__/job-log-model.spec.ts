import { afterEach, expect, it, vi } from 'vitest';
import { HepbatchError, submissions } from '../../../contract';
import type { Call } from '../../../contract';
import { JobLogModel } from '../job-log-model';
import { TOKEN } from './jobs';

const opened: JobLogModel[] = [];
afterEach(() => opened.splice(0).forEach(one => one.dispose()));

/** A log on a host that grows, as the agent tells of it. */
function open(first: string) {
  const host = { text: first, exception: null as string | null, isGone: false, asked: 0 };
  const call: Call = (endpoint, body) => {
    host.asked += 1;
    if (host.isGone) {
      return Promise.reject(
        new HepbatchError('not-found', '/f/x.err is not there', { next: 'Wait.' })
      );
    }
    const answers: Record<string, unknown> = {
      [submissions.exception.path]: { exception: host.exception, path: '/f/x.err' },
      [submissions.input.path]: {
        ...{ samplesJson: '/f/x.json', runnerJson: '/f/r.json', text: '{}', reproduce: '/f/x.sh 0' }
      }
    };
    const { offset = 0, stream = '' } = body as { offset?: number; stream?: string };
    const from = offset < 0 ? Math.max(0, host.text.length + offset) : offset;
    const isNew = from > host.text.length;
    const piece = host.text.slice(isNew ? 0 : from);
    answers[submissions.readLog.path] = {
      ...{ text: stream === 'error' ? piece : `${stream} ${piece}`, path: `/f/x.${stream}` },
      ...{ offset: isNew ? 0 : from, next: host.text.length, size: host.text.length }
    };
    return Promise.resolve(endpoint.reply.parse(answers[endpoint.path]));
  };
  const model = new JobLogModel(call, { token: TOKEN, cluster: 'AN-GJet', proc: 0 });
  opened.push(model);
  return { model, host };
}

it('reads the end of its errors, then what is added', async () => {
  const { model, host } = open('one\n');
  await vi.waitFor(() => expect(model.text).toBe('one\n'));
  expect(model.path).toBe('/f/x.error');
  host.text += 'two\n';
  await vi.waitFor(() => expect(model.text).toBe('one\ntwo\n'), 5000);
});

it('begins anew where another stream is chosen, and reads what the job reads once', async () => {
  const { model, host } = open('one\n');
  await vi.waitFor(() => expect(model.text).toBe('one\n'));
  model.choose('output');
  expect(model.text).toBe('');
  await vi.waitFor(() => expect(model.text).toBe('output one\n'));
  model.choose('input');
  await vi.waitFor(() => expect(model.path).toBe('/f/x.json'));
  const before = host.asked;
  expect((await model.readInput()).reproduce).toBe('/f/x.sh 0');
  expect(host.asked).toBe(before);
});

it('says why there is nothing to read', async () => {
  const { model, host } = open('');
  host.isGone = true;
  model.choose('error');
  await vi.waitFor(() => expect(model.failure?.code).toBe('not-found'));
  await model.lookForException();
  expect(model.exception).toBeNull();
});

it('has the exception that ended the job whole, and none while it has none', async () => {
  const { model, host } = open('x');
  await model.lookForException();
  expect(model.exception).toBeNull();
  host.exception = 'ValueError: two\nlines';
  await model.lookForException();
  expect(model.exception).toBe('ValueError: two\nlines');
});

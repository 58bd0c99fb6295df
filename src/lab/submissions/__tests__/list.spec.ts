import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, expect, it, vi } from 'vitest';
import type { AgentEvent, Call, Submission } from '../../../contract';
import { submissions } from '../../../contract';
import { until } from '../../__tests__/real-agent';
import { button, show } from '../../connections/__tests__/views';
import { ConnectionsModel } from '../../connections/model';
import { SubmissionsList } from '../list';
import { SubmissionsModel } from '../model';
import { TOKEN, submission } from './jobs';

const trans = nullTranslator.load('hepbatch');
const opened: { dispose(): unknown }[] = [];
afterEach(() => opened.splice(0).forEach(one => one.dispose()));

async function open(told: readonly Submission[]) {
  const call: Call = endpoint =>
    Promise.resolve(
      endpoint.reply.parse(
        endpoint.path === submissions.list.path ? { submissions: told } : { connections: [] }
      )
    );
  const heard = new Signal<object, AgentEvent>({});
  const model = new SubmissionsModel(call, heard);
  const connections = new ConnectionsModel(call, heard);
  const actions = { open: vi.fn(), run: vi.fn() };
  const create = vi.fn();
  const list = new SubmissionsList({ model, connections, actions, create, trans });
  const node = show(list);
  opened.push(list, model, connections);
  await model.refresh();
  await until(() => node.querySelector('li, .jp-hepbatch-Empty') !== null);
  return { node, actions, create, heard };
}

const verbs = (node: ParentNode) =>
  [...node.querySelectorAll('.jp-hepbatch-Link')].map(({ textContent }) => textContent);

it('offers to make one where there is none', async () => {
  const { node, create } = await open([]);
  button(node, 'New submission…')?.click();
  expect(create).toHaveBeenCalled();
});

it('shows what it is, how its jobs stand, the worst reason, and what can be done', async () => {
  const group = { advice: null, cluster: 'AN-GJet', proc: 0 };
  const { node, actions } = await open([
    submission({
      parent: '00000000-0000-4000-8000-000000000000',
      groups: [
        { ...group, state: 'pending', words: 'waits for its turn', jobs: 9 },
        { ...group, state: 'held', words: 'OSError: gone', jobs: 2 }
      ]
    })
  ]);
  const text = node.textContent;
  expect(text).toContain('myanalysis_20260522_175343');
  expect(text).toContain('vanilla-local · 5 jobs');
  expect(text).toContain('missing files of another');
  expect(text).toContain('1 failed, 1 held, 1 running, 2 succeeded');
  expect(text).toContain('2 jobs: OSError: gone');
  expect(text).not.toContain('waits for its turn');
  expect(verbs(node)).toEqual(['Retry…', 'Audit…', 'New one like this…']);
  button(node, 'Retry…')?.click();
  expect(actions.run).toHaveBeenCalledWith('retry', TOKEN);
  node.querySelector<HTMLElement>('.jp-hepbatch-Item-open')?.click();
  expect(actions.open).toHaveBeenCalledWith(TOKEN);
});

it('offers to ask and to send the rest where that is not certain, and says why', async () => {
  const failure = {
    code: 'unknown-outcome' as const,
    message: 'the line broke',
    data: { next: '' }
  };
  const { node } = await open([
    submission({ state: 'unknown', counts: {}, can: ['reconcile', 'resume'], failure })
  ]);
  expect(verbs(node)).toEqual(['Ask the scheduler', 'Send the rest…', 'New one like this…']);
  expect(node.querySelector('[role=alert]')?.textContent).toBe('the line broke');
});

it('offers no second one like a folder that was imported, and to forget what is over', async () => {
  const { node, heard } = await open([
    submission({ origin: 'imported', can: ['forget'], counts: { succeeded: 5 }, state: 'done' })
  ]);
  expect(node.textContent).toContain('imported');
  expect(verbs(node)).toEqual(['Forget']);
  heard.emit({ sequence: 1, topic: 'submission-removed', token: TOKEN });
  await until(() => node.querySelector('li') === null);
});

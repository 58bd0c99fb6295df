import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, expect, it } from 'vitest';
import type { AgentEvent, Call, Submission } from '../../../contract';
import { SubmissionsModel } from '../model';
import { SubmissionNotices } from '../notices';
import { submission } from './jobs';

afterEach(() => Notification.dismiss());

const notices = () => Notification.manager.notifications.map(({ message }) => message);

async function open(first: Submission) {
  const heard = new Signal<object, AgentEvent>({});
  const call: Call = endpoint => Promise.resolve(endpoint.reply.parse({ submissions: [first] }));
  const model = new SubmissionsModel(call, heard);
  const told = new SubmissionNotices(model, () => undefined, nullTranslator.load('hepbatch'));
  await model.refresh();
  const tell = (changes: Partial<Submission>) =>
    heard.emit({ sequence: 1, topic: 'submission', submission: submission(changes) });
  return { told, tell };
}

it('tells of the first failure, of held jobs and of the end, each once', async () => {
  const { tell } = await open(submission({ counts: { running: 5 } }));
  expect(notices()).toEqual([]);
  const group = {
    state: 'failed' as const,
    words: 'ModuleNotFoundError: coffea',
    advice: null,
    jobs: 1,
    cluster: 'AN-GJet',
    proc: 0
  };
  tell({ counts: { running: 4, failed: 1 }, groups: [group] });
  tell({ counts: { running: 3, failed: 2 }, groups: [group] });
  expect(notices()).toHaveLength(1);
  expect(notices()[0]).toContain('ModuleNotFoundError: coffea');
  tell({ counts: { running: 2, failed: 2, held: 1 } });
  expect(notices()[0]).toContain('1 job held');
  tell({ state: 'done', counts: { failed: 2, succeeded: 3 } });
  expect(notices()).toHaveLength(3);
});

it('says how many jobs are held as long as the message is there', async () => {
  const { tell } = await open(submission({ counts: { running: 5 } }));
  tell({ counts: { running: 4, held: 1 } });
  tell({ counts: { running: 3, held: 2 } });
  expect(notices()).toHaveLength(1);
  expect(notices()[0]).toContain('2 jobs held');
  Notification.dismiss();
  tell({ counts: { running: 2, held: 3 } });
  expect(notices()).toEqual([]);
});

it('says nothing of what happened before the page was opened', async () => {
  await open(submission({ state: 'done', counts: { failed: 5 } }));
  expect(notices()).toEqual([]);
});

import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import { submissions } from '../../../contract';
import type { AgentEvent, Call } from '../../../contract';
import { SubmissionsModel } from '../model';
import { TOKEN, submission } from './jobs';

/** A model whose agent answers with `older`, and tells of `newer` while that is on its way. */
function open() {
  const heard = new Signal<object, AgentEvent>({});
  const older = submission({ state: 'submitted' });
  const newer = submission({ state: 'done', revision: 2 });
  const call: Call = ({ path, reply }) => {
    heard.emit({ sequence: 1, topic: 'submission', submission: newer });
    const outcomes: unknown[] = [];
    const isList = path === submissions.list.path;
    const one = isList ? { submissions: [older] } : { submission: older, child: older, outcomes };
    return Promise.resolve(reply.parse(one));
  };
  return new SubmissionsModel(call, heard);
}

it('believes what it was told while an answer was on its way', async () => {
  const acted = open();
  expect(await acted.act('hold', TOKEN, { kind: 'all' })).toEqual([]);
  expect(acted.find(TOKEN)?.state).toBe('done');
  const retried = open();
  await retried.retry({ token: TOKEN, child: TOKEN, jobs: { kind: 'all' } });
  expect(retried.find(TOKEN)?.state).toBe('done');
  const listed = open();
  await listed.refresh();
  expect(listed.submissions.map(({ state }) => state)).toEqual(['done']);
});

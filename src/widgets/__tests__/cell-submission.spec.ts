import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import { SubmissionRequest } from '../../contract';
import type { AgentEvent, Call } from '../../contract';
import { submission } from '../../lab/submissions/__tests__/jobs';
import { CellSubmission } from '../cell-submission';

const path = '/home/me/my.json';
const REQUEST = { connection: 'vanilla-local', runner: { kind: 'path', path } };
const older = submission({ state: 'submitted' });
const newer = submission({ state: 'done', revision: 2 });
const told = { sequence: 1, topic: 'submission', submission: newer } as const;

/** A cell whose kernel answers with `older`; `meanwhile` is told while that is on its way. */
function open(meanwhile: () => AgentEvent | null) {
  const heard = new Signal<object, AgentEvent>({});
  const call: Call = ({ reply }) => {
    const event = meanwhile();
    if (event !== null) {
      heard.emit(event);
    }
    return Promise.resolve(reply.parse({ submission: older, request: null, outcomes: [] }));
  };
  return { cell: new CellSubmission(call, heard), heard };
}

it('believes what it was told while an answer was on its way', async () => {
  const { cell } = open(() => told);
  await cell.refresh();
  expect(cell.submission?.state).toBe('done');
  await cell.act('hold', { kind: 'all' });
  expect(cell.failure).toBeNull();
  expect(cell.submission?.state).toBe('done');
});

it('keeps what was changed in it when it asks again', async () => {
  const heard = new Signal<object, AgentEvent>({});
  const request = SubmissionRequest.parse(REQUEST);
  const call: Call = ({ reply }) => Promise.resolve(reply.parse({ submission: null, request }));
  const cell = new CellSubmission(call, heard);
  await cell.refresh();
  cell.change({ clusterPerSample: false });
  await cell.refresh();
  expect(cell.request?.clusterPerSample).toBe(false);
});

it('asks again when it is told that something was missed', async () => {
  const { cell, heard } = open(() => null);
  await cell.refresh();
  heard.emit(told);
  expect(cell.submission?.state).toBe('done');
  heard.emit({ sequence: 0, topic: 'reset' });
  await new Promise<void>(resolve => {
    cell.stateChanged.connect(() => {
      if (!cell.isBusy) {
        resolve();
      }
    });
  });
  expect(cell.submission?.state).toBe('submitted');
});

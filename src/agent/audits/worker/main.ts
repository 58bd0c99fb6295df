import { parentPort } from 'node:worker_threads';
import { answerDataset } from '../answer';
import type { IQuestion } from '../question';
import type { FromWorker } from './messages';

/** How often a worker says how far it is; more often costs the main thread more than it tells. */
const STEP_MS = 100;

parentPort?.on('message', (question: IQuestion) => {
  const port = parentPort;
  let listed = 0;
  let opened = 0;
  let last = Date.now();
  const tell = (message: FromWorker) => port?.postMessage(message);
  const answer = answerDataset(question, step => {
    listed += step.listed;
    opened += step.opened;
    if (Date.now() - last >= STEP_MS) {
      tell({ kind: 'step', step: { listed, opened } });
      [listed, opened, last] = [0, 0, Date.now()];
    }
  });
  tell({ kind: 'step', step: { listed, opened } });
  const { status, found, chunks } = answer;
  const columns = [status.buffer, found.buffer, chunks.buffer] as ArrayBuffer[];
  port?.postMessage({ kind: 'answer', answer } satisfies FromWorker, columns);
});

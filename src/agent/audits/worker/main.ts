import { parentPort } from 'node:worker_threads';
import { answerDataset } from '../answer';
import type { IQuestion } from '../question';
import { UnreadableTree } from '../tree/tree';
import type { FromWorker, ToWorker } from './messages';

/** How often a worker says how far it is; more often costs the main thread more than it tells. */
const STEP_MS = 100;

/** What was asked of the other host and is not answered yet. */
const asked = new Map<
  number,
  { readonly resolve: (said: Uint8Array) => void; readonly reject: (error: Error) => void }
>();
let asks = 0;

const tell = (message: FromWorker, move: ArrayBuffer[] = []) =>
  parentPort?.postMessage(message, move);

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'question') {
    // What is thrown ends this thread, and the pool is told.
    void work(message.task, message.question);
    return;
  }
  const waiting = asked.get(message.ask);
  asked.delete(message.ask);
  if (message.kind === 'said') {
    waiting?.resolve(message.said);
  } else {
    waiting?.reject(new UnreadableTree(message.why));
  }
});

async function work(task: number, question: IQuestion): Promise<void> {
  let listed = 0;
  let opened = 0;
  let last = Date.now();
  const ask = (lines: string) =>
    new Promise<Uint8Array>((resolve, reject) => {
      asks += 1;
      asked.set(asks, { resolve, reject });
      tell({ kind: 'ask', task, ask: asks, lines });
    });
  const answer = await answerDataset(
    question,
    step => {
      listed += step.listed;
      opened += step.opened;
      if (Date.now() - last >= STEP_MS) {
        tell({ kind: 'step', task, step: { listed, opened } });
        [listed, opened, last] = [0, 0, Date.now()];
      }
    },
    ask
  );
  tell({ kind: 'step', task, step: { listed, opened } });
  const { status, found, chunks } = answer;
  const columns = [status.buffer, found.buffer, chunks.buffer] as ArrayBuffer[];
  tell({ kind: 'answer', task, answer }, columns);
}

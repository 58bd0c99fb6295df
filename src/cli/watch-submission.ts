import { HepbatchError, submissions } from '../contract';
import type { Submission } from '../contract';
import { openAgent } from './agent-client';
import type { IAgentClient } from './agent-client';
import { awaitOne } from './await-one';
import { printable } from './printable';
import { progressText } from './submission-text';
import type { ITerminal } from './terminal';

/** Without a terminal a line is said so often at most, unless the state changes. */
const QUIET_MS = 30_000;

/** An agent that ended is started again so often; its jobs and records are as they were. */
const RETURNS = 5;

/** Nothing is on its way to the scheduler any more; what waits for a person is not waited for. */
export const isSent = ({ state, can, clusters }: Submission): boolean =>
  state === 'submitted' ||
  state === 'done' ||
  (state !== 'submitting' && (can.includes('resume') || can.includes('reconcile'))) ||
  (clusters.refused ?? 0) > 0;

/** No job will change by itself: all are over, or are held. */
export const isSettled = (submission: Submission): boolean => {
  const { counts, state } = submission;
  const moving = (counts.pending ?? 0) + (counts.running ?? 0) + (counts.unknown ?? 0);
  const isSeen = Object.keys(counts).length > 0;
  return state === 'done' || (isSent(submission) && isSeen && moving === 0);
};

/** Whether every job of it succeeded. */
export const isAllWell = ({ state, jobs, counts }: Submission): boolean =>
  state === 'done' && counts.succeeded === jobs;

/**
 * Waits until a submission is as wanted, and shows on stderr how far it is. Throws `cancelled` by the
 * signal, which does nothing to the submission.
 */
export async function watchSubmission(
  client: IAgentClient,
  token: string,
  isAsWanted: (submission: Submission) => boolean,
  terminal: ITerminal,
  signal: AbortSignal
): Promise<Submission> {
  const progress = progressOn(terminal);
  const awaited = {
    read: () => now.call(submissions.read, { token }),
    of: (event: Parameters<Parameters<IAgentClient['listen']>[0]>[0]) =>
      event.topic === 'submission' && event.submission.token === token ? event.submission : null,
    ...{ isAsWanted, tell: progress.tell },
    next: `It goes on: hepbatch submissions watch ${token.slice(0, 8)} looks again.`
  };
  let now = client;
  try {
    for (let left = RETURNS; ; left -= 1) {
      try {
        return await awaitOne(now, awaited, signal);
      } catch (error) {
        const isOver = !(error instanceof HepbatchError) || error.code !== 'unreachable';
        if (isOver || left === 0 || signal.aborted) {
          throw error;
        }
        now = await openAgent(terminal); // it takes up what the last one left
      }
    }
  } finally {
    progress.end();
  }
}

/** A line that is written over for a person; else one for each state and now and then. */
function progressOn({ stderr }: ITerminal) {
  const isPerson = stderr.isTTY === true;
  let told = { words: '', state: '', at: 0 };
  const tell = (now: Submission) => {
    const words = printable(progressText(now));
    const isNews = now.state !== told.state || Date.now() - told.at > QUIET_MS;
    if (words === told.words || (!isPerson && !isNews)) {
      return;
    }
    told = { words, state: now.state, at: Date.now() };
    stderr.write(
      isPerson ? `\r\u001b[K${words.slice(0, (stderr.columns ?? 80) - 1)}` : `${words}\n`
    );
  };
  return { tell, end: () => stderr.write(isPerson && told.words !== '' ? '\r\u001b[K' : '') };
}

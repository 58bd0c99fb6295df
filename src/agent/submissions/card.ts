/** What people are told of a submission, from its record, its journal and its jobs: pure. */
import type { SendingState, Submission, SubmissionState, SubmissionVerb } from '../../contract';
import type { ISentCluster } from './journal/state';
import type { SubmissionRecord } from './store';
import type { JobsSummary } from './watch/watch';

/** All that a card is made of. */
export interface ICardParts {
  readonly record: SubmissionRecord;
  readonly sent: readonly ISentCluster[];
  readonly jobs: JobsSummary;
  /** Whether this agent is writing or sending it right now. */
  readonly isSending: boolean;
  /** Why it waits, and goes on by itself. */
  readonly waiting: Submission['failure'];
  readonly schedd: string | null;
  readonly isSpooled: boolean;
}

/** The submission as it travels. */
export function cardOf(parts: ICardParts): Submission {
  const { record, sent, jobs, waiting, schedd } = parts;
  const { isDone, ...counted } = jobs;
  const state = stateOf(parts, isDone);
  const counts = countsOf(sent);
  const warnings = [...record.warnings, ...new Set(sent.flatMap(cluster => cluster.warnings))];
  return {
    ...counted,
    token: record.token,
    parent: record.parent,
    origin: record.origin,
    connection: record.connection,
    backend: record.backend,
    analysis: record.analysis,
    folder: record.folder,
    output: record.output,
    schedd,
    state,
    can: [...verbsOf(parts, state)],
    written: { done: record.phase === 'written' ? record.files : 0, total: record.files },
    clusters: counts,
    warnings,
    failure: record.failure ?? waiting ?? refusalOf(sent),
    createdAt: record.createdAt,
    submittedAt: record.submittedAt,
    endedAt: record.endedAt
  };
}

function stateOf({ record, sent, isSending }: ICardParts, isDone: boolean): SubmissionState {
  if (sent.length === 0) {
    return record.failure !== null && !isSending ? 'refused' : 'prepared';
  }
  const has = (...states: readonly SendingState[]) =>
    sent.some(({ state }) => states.includes(state));
  if (has('unknown') || (has('submitting') && !isSending)) {
    return 'unknown';
  }
  if (isSending && has('submitting', 'prepared', 'absent')) {
    return 'submitting';
  }
  if (has('refused')) {
    return 'refused';
  }
  if (has('prepared', 'absent') && !record.stopped) {
    return 'prepared';
  }
  return isDone || !has('submitted') ? 'done' : 'submitted';
}

function* verbsOf(
  { record, sent, jobs, isSending, isSpooled }: ICardParts,
  state: SubmissionState
): Generator<SubmissionVerb> {
  const has = (...states: readonly SendingState[]) => sent.some(one => states.includes(one.state));
  const { counts } = jobs;
  const some = (...states: readonly (keyof typeof counts)[]) =>
    states.some(one => (counts[one] ?? 0) > 0);
  const isOurs = record.origin === 'hepbatch';
  if (isOurs && !isSending && (sent.length === 0 || has('prepared', 'absent', 'refused'))) {
    yield 'resume';
  }
  if (isOurs && !isSending && has('unknown', 'submitting')) {
    yield 'reconcile';
  }
  if (has('submitted')) {
    if (some('pending', 'running')) {
      yield 'hold';
    }
    if (some('held')) {
      yield 'release';
    }
    if (some('failed', 'held', 'removed', 'unknown') && isOurs) {
      yield 'retry';
    }
    const ended = (counts.succeeded ?? 0) + (counts.failed ?? 0);
    if (isSpooled && ended > record.fetchedJobs) {
      yield 'fetch';
    }
  }
  if (state !== 'done') {
    yield 'remove';
  }
  if (record.output !== null && record.phase === 'written' && isOurs) {
    yield 'audit';
  }
  if (!isSending && (state === 'done' || (state === 'refused' && !has('submitted')) || !isOurs)) {
    yield 'forget';
  }
}

function countsOf(sent: readonly ISentCluster[]): Submission['clusters'] {
  const counts: Partial<Record<SendingState, number>> = {};
  for (const { state } of sent) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

/** What the scheduler said to the first that it refused, or why one is not known. */
function refusalOf(sent: readonly ISentCluster[]): Submission['failure'] {
  const unknown = sent.find(({ state }) => state === 'unknown');
  if (unknown !== undefined) {
    const message = `${unknown.name}: not known whether it was submitted: ${unknown.words ?? ''}`;
    const next = 'It is looked for by its token, and sent again only if it is not there.';
    return { code: 'unknown-outcome', message, data: { next } };
  }
  const refused = sent.find(({ state }) => state === 'refused');
  if (refused === undefined) {
    return null;
  }
  const next = 'Mend what is named, then resume; nothing of it was submitted.';
  return { code: 'refused', message: `${refused.name}: ${refused.words ?? ''}`, data: { next } };
}

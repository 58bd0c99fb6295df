import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { toFailure } from '../../contract';
import type { Failure, SubmissionJob } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { JobStateMark } from './job-bar';
import { STREAMS } from './job-log-model';
import type { JobLogModel, Stream } from './job-log-model';
import type { IMonitorActions } from './monitor';

/** A message with more lines is folded at first. */
const MOST_LINES = 8;

/** One job: why it is as it is, its logs followed, what it reads, how it is run here. */
export function JobDetail(props: {
  readonly job: SubmissionJob;
  readonly actions: IMonitorActions;
  readonly onClose: () => void;
  readonly trans: TranslationBundle;
}) {
  const { job, actions, onClose, trans } = props;
  const { cluster, proc, state, since } = job;
  const log = useMemo(() => actions.logOf({ cluster, proc }), [actions, cluster, proc]);
  useEffect(() => () => log.dispose(), [log]);
  useSignal(log.stateChanged);
  const isBad = state === 'failed' || state === 'held';
  useEffect(() => {
    if (isBad) {
      void log.lookForException();
    }
  }, [log, isBad, since]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const reproduce = (use: (line: string) => void) => {
    log.readInput().then(
      input => use(input.reproduce),
      (error: unknown) => setFailure(toFailure(error))
    );
  };
  const words: Record<Stream, string> = {
    error: trans.__('Errors'),
    output: trans.__('Output'),
    events: trans.__('Events'),
    input: trans.__('Input JSON')
  };
  const { terminal } = actions;
  return (
    <section className="jp-hepbatch-Detail jp-hepbatch-JobDetail" aria-label={trans.__('Job')}>
      <div className="jp-hepbatch-Part-bar">
        <h3>
          {cluster}.{proc}
        </h3>
        <JobStateMark state={job.state} trans={trans} />
        <button type="button" className="jp-hepbatch-Link jp-mod-end" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </div>
      <p className="jp-hepbatch-Hint">
        {job.dataset}
        {job.since !== null && `, ${new Date(job.since * 1000).toLocaleString()}`}
      </p>
      {job.reason !== null && <p className="jp-hepbatch-Detail-reason">{job.reason}</p>}
      {isBad && log.exception?.includes('\n') === true && (
        <Exception text={log.exception} trans={trans} />
      )}
      <div className="jp-hepbatch-Item-actions">
        <button
          type="button"
          className="jp-hepbatch-Link"
          title={trans.__('A line that runs this one job on that host, iteratively')}
          onClick={() => reproduce(actions.copy)}
        >
          {trans.__('Copy the command that reproduces it')}
        </button>
        {terminal !== null && (
          <button
            type="button"
            className="jp-hepbatch-Link"
            title={trans.__('Opens a terminal with that command; you start it')}
            onClick={() => reproduce(terminal)}
          >
            {trans.__('Reproduce in a terminal')}
          </button>
        )}
      </div>
      {failure !== null && (
        <FailureView failure={failure} title={trans.__('Its command is not known')} trans={trans} />
      )}
      <div className="jp-hepbatch-Tabs" role="tablist" aria-label={trans.__('Of this job')}>
        {STREAMS.map(stream => (
          <button
            key={stream}
            type="button"
            role="tab"
            aria-selected={log.stream === stream}
            onClick={() => log.choose(stream)}
          >
            {words[stream]}
          </button>
        ))}
      </div>
      {log.path !== null && <p className="jp-hepbatch-Hint">{log.path}</p>}
      {log.failure !== null ? (
        <p className="jp-hepbatch-Hint" role="alert">
          {log.failure.message} {log.failure.data.next}
        </p>
      ) : (
        <Text log={log} label={words[log.stream]} trans={trans} />
      )}
    </section>
  );
}

/** All lines of an exception; a long one is folded. */
function Exception(props: { readonly text: string; readonly trans: TranslationBundle }) {
  const { text, trans } = props;
  const lines = text.split('\n').length;
  return (
    <details className="jp-hepbatch-Exception" open={lines <= MOST_LINES}>
      <summary>{trans.__('The whole message: %1 lines', lines.toLocaleString())}</summary>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}

/** The text; at its end it stays there while it grows. */
function Text(props: {
  readonly log: JobLogModel;
  readonly label: string;
  readonly trans: TranslationBundle;
}) {
  const { log, label, trans } = props;
  const { text, path, stream } = log;
  const node = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current && stream !== 'input' && node.current !== null) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text, stream]);
  return (
    <pre
      ref={node}
      tabIndex={0}
      aria-label={label}
      onScroll={({ currentTarget }) => {
        const { scrollTop, scrollHeight, clientHeight } = currentTarget;
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8;
      }}
    >
      {path === null ? trans.__('Reading…') : text === '' ? trans.__('It is empty.') : text}
    </pre>
  );
}

import type { TranslationBundle } from '@jupyterlab/translation';
import type { Cluster } from '../../contract';
import { useNow } from '../connections/clock';
import { spanWords } from '../connections/words';

interface IProps {
  readonly cluster: Cluster;
  readonly trans: TranslationBundle;
}

/** How long it has been waiting: for its scheduler, or for the batch system. */
export function Waits({ cluster, trans }: IProps) {
  const { state, startedAt, jobs } = cluster;
  const pending = jobs.filter(group => group.state === 'pending' && group.oldestAt !== null);
  const isStarting = state === 'starting' && startedAt !== null;
  const now = useNow(isStarting ? 1000 : pending.length > 0 ? 10_000 : null);
  const since = (at: string) => spanWords(Math.max(now - Date.parse(at), 0), trans);
  if (isStarting) {
    return <p className="jp-hepbatch-Hint">{trans.__('Starting for %1', since(startedAt))}</p>;
  }
  return (
    <>
      {pending.map(({ reason, count, oldestAt }) => (
        <p key={reason} className="jp-hepbatch-Hint">
          {trans._n(
            '%1 job waits, for %2',
            '%1 jobs wait, the first for %2',
            count,
            since(oldestAt ?? '')
          )}
          {reason !== null && `: ${reason}`}
        </p>
      ))}
    </>
  );
}

/** When it stops by itself, where that is near or set. */
export function Stops({ cluster, trans }: IProps) {
  const { stopsAt } = cluster;
  const left = Date.parse(stopsAt ?? '') - useNow(stopsAt === null ? null : 10_000);
  return stopsAt === null ? null : (
    <p className="jp-hepbatch-Hint">
      {trans.__('Stops by itself in %1.', spanWords(Math.max(left, 0), trans))}
    </p>
  );
}

/** Since when a performance report is recorded. */
export function Recorded({ cluster, trans }: IProps) {
  const { recordingSince } = cluster;
  const now = useNow(recordingSince === null ? null : 1000);
  return recordingSince === null ? null : (
    <p className="jp-hepbatch-Hint">
      {trans.__(
        'A performance report is recorded, for %1',
        spanWords(Math.max(now - Date.parse(recordingSince), 0), trans)
      )}
    </p>
  );
}

/** Why it failed or is lost, and what to do. */
export function Failed({ cluster, trans }: IProps) {
  const { failure, jobsFailure, heardAt, state } = cluster;
  return (
    <>
      {failure !== null && (
        <div className="jp-hepbatch-Cluster-trouble jp-mod-failure" role="alert">
          <p>{failure.message}</p>
          <p className="jp-hepbatch-Hint">{failure.data.next}</p>
          {state === 'lost' && heardAt !== null && (
            <p className="jp-hepbatch-Hint">
              {trans.__('It last answered at %1.', new Date(heardAt).toLocaleTimeString())}
            </p>
          )}
        </div>
      )}
      {jobsFailure !== null && (
        <div className="jp-hepbatch-Cluster-trouble" role="status">
          <p>{trans.__('The batch system does not answer: %1', jobsFailure.message)}</p>
        </div>
      )}
    </>
  );
}

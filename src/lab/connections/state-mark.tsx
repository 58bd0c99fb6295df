import type { TranslationBundle } from '@jupyterlab/translation';
import type { Connection, ConnectionState } from '../../contract';
import { useNow } from './clock';
import { spanWords, stateWord } from './words';

/** The word of a state in its colour. */
export function StateMark(props: {
  readonly state: ConnectionState;
  readonly trans: TranslationBundle;
}) {
  const { state, trans } = props;
  return <span className={`jp-hepbatch-State jp-mod-${state}`}>{stateWord(state, trans)}</span>;
}

/** What a connection waits for, or why it is not open; nothing where there is nothing to say. */
export function StateWords(props: {
  readonly connection: Connection;
  readonly trans: TranslationBundle;
}) {
  const { connection, trans } = props;
  const { state, failure } = connection;
  if (state === 'asking') {
    return <p className="jp-hepbatch-Connection-words">{trans.__('It waits for your answer.')}</p>;
  }
  if (state === 'lost') {
    return (
      <div className="jp-hepbatch-Connection-words" role="status">
        {failure !== null && <p>{failure.message}</p>}
        <p>
          <NextTry connection={connection} trans={trans} />
        </p>
      </div>
    );
  }
  if (state === 'failed' && failure !== null) {
    return (
      <div className="jp-hepbatch-Connection-words" role="alert">
        <p>{failure.message}</p>
        <p className="jp-hepbatch-Hint">{failure.data.next}</p>
      </div>
    );
  }
  return null;
}

function NextTry(props: { readonly connection: Connection; readonly trans: TranslationBundle }) {
  const { nextTryAt, paused } = props.connection;
  const { trans } = props;
  const counts = nextTryAt !== null && !paused;
  const now = useNow(counts ? 1000 : null);
  if (!counts) {
    return <>{trans.__('It is not tried again by itself.')}</>;
  }
  const left = Date.parse(nextTryAt) - now;
  return (
    <>
      {left > 0
        ? trans.__('Next try in %1.', spanWords(left, trans))
        : trans.__('It is tried again now.')}
    </>
  );
}

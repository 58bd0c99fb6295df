import { useLayoutEffect, useRef, useState } from 'react';
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { bytesWords } from '../../contract';
import type { ClusterLog } from '../../contract';
import { FailureView } from '../failure';
import { useSignal } from '../redraw';
import { Search } from '../search';
import type { LogsModel } from './logs-model';

/** Bytes before a line that was found, so that it has its context. */
const CONTEXT = 4000;

/** The logs of a cluster: a list, and the text of one; data, never markup. */
export function LogsView(props: { readonly model: LogsModel; readonly trans: TranslationBundle }) {
  const { model, trans } = props;
  useSignal(model.stateChanged);
  const [search, setSearch] = useState('');
  const { logs, chosen, failure, found } = model;
  return (
    <div className="jp-hepbatch-Logs">
      <div className="jp-hepbatch-Logs-list">
        <Search
          label={trans.__('Search all logs')}
          value={search}
          onSearch={text => {
            setSearch(text);
            void model.search(text.trim());
          }}
        />
        {logs.length === 0 && failure === null && (
          <p className="jp-hepbatch-Hint">{trans.__('There are no logs yet.')}</p>
        )}
        <ul aria-label={trans.__('Logs')}>
          {logs.map(log => (
            <li key={log.id}>
              <button
                type="button"
                className="jp-hepbatch-Log"
                aria-pressed={log.id === chosen?.id}
                onClick={() => model.choose(log.id)}
              >
                <span>{logWords(log, trans)}</span>
                <span className="jp-hepbatch-Hint">{sizeWords(log, trans)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className="jp-hepbatch-Logs-text">
        {failure !== null && (
          <FailureView
            failure={failure}
            title={trans.__('The logs could not be read')}
            trans={trans}
            onRetry={() => model.retry()}
          />
        )}
        {found !== null ? (
          <FoundLines
            model={model}
            onChoose={(log, offset) => {
              setSearch('');
              void model.search('');
              model.choose(log, Math.max(offset - CONTEXT, 0));
            }}
            trans={trans}
          />
        ) : (
          chosen !== null && <LogText key={chosen.id} model={model} log={chosen} trans={trans} />
        )}
      </div>
    </div>
  );
}

/** The text of a log; at its end it stays there while the log grows. */
function LogText(props: {
  readonly model: LogsModel;
  readonly log: ClusterLog;
  readonly trans: TranslationBundle;
}) {
  const { model, log, trans } = props;
  const node = useRef<HTMLPreElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const { text, before } = model;
  useLayoutEffect(() => {
    if (isAtEnd && node.current !== null) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text, isAtEnd]);
  return (
    <>
      <div className="jp-hepbatch-Part-bar">
        <strong>{logWords(log, trans)}</strong>
        <span className="jp-hepbatch-Hint">
          {log.ended ? trans.__('its writer ended') : trans.__('followed live')}
        </span>
        {before > 0 && (
          <button
            type="button"
            className="jp-hepbatch-Link"
            onClick={() => {
              setAtEnd(false);
              void model.earlier();
            }}
          >
            {trans.__('Earlier lines')}
          </button>
        )}
        <button
          type="button"
          className="jp-hepbatch-Link"
          onClick={() => Clipboard.copyToSystem(text)}
        >
          {trans.__('Copy')}
        </button>
        <button
          type="button"
          className="jp-hepbatch-Link"
          disabled={isAtEnd}
          onClick={() => setAtEnd(true)}
        >
          {trans.__('Jump to the end')}
        </button>
      </div>
      {log.bytes === null ? (
        <p className="jp-hepbatch-Hint">
          {trans.__('It still lies on the node of the job, and comes when the job ends.')}
        </p>
      ) : (
        <pre
          ref={node}
          tabIndex={0}
          aria-label={trans.__('Text of the log')}
          onScroll={({ currentTarget }) => {
            const { scrollTop, scrollHeight, clientHeight } = currentTarget;
            setAtEnd(scrollHeight - scrollTop - clientHeight < 8);
          }}
        >
          {text === '' ? trans.__('It is empty.') : text}
        </pre>
      )}
    </>
  );
}

/** Lines of all logs that contain what is searched. */
function FoundLines(props: {
  readonly model: LogsModel;
  readonly onChoose: (log: string, offset: number) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, onChoose, trans } = props;
  const { lines = [], cut = false } = model.found ?? {};
  const nameOf = (id: string) => {
    const log = model.logs.find(other => other.id === id);
    return log === undefined ? id : logWords(log, trans);
  };
  return (
    <>
      <p className="jp-hepbatch-Hint" role="status">
        {trans._n('%1 line found', '%1 lines found', lines.length)}
        {cut && ` ${trans.__('and more')}`}
      </p>
      <ul className="jp-hepbatch-Found" aria-label={trans.__('Lines found')}>
        {lines.map(({ log, offset, text }) => (
          <li key={`${log} ${offset}`}>
            <button type="button" onClick={() => onChoose(log, offset)}>
              <span className="jp-hepbatch-Hint">{nameOf(log)}</span>
              <code>{text}</code>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A log as a person would name it. */
export function logWords(log: ClusterLog, trans: TranslationBundle): string {
  const { kind, worker, job, stream } = log;
  const streams: Record<ClusterLog['stream'], string> = {
    output: trans.__('output'),
    error: trans.__('errors'),
    events: trans.__('events')
  };
  switch (kind) {
    case 'scheduler':
      return trans.__('Scheduler');
    case 'worker':
      return trans.__('Worker %1, %2', worker ?? '', streams[stream]);
    case 'job':
      return trans.__('Job %1, %2', job ?? worker ?? '', streams[stream]);
  }
}

function sizeWords({ bytes, ended }: ClusterLog, trans: TranslationBundle): string {
  const size = bytes === null ? trans.__('on its node') : bytesWords(bytes);
  return ended ? trans.__('%1, ended', size) : size;
}

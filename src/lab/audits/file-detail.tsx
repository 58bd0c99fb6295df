import type { TranslationBundle } from '@jupyterlab/translation';
import type { FileRow } from '../../contract';
import { ChunkStrip } from './chunk-strip';
import type { ReportModel } from './report-model';
import { statusLooks } from './status';
import { StatusMark } from './status-mark';
import { strips } from './strip';

/** Names beyond this many are counted, not shown. */
const MOST_NAMES = 200;

/** One input file: its status in words, its chunks as strips, its names to copy. */
export function FileDetail(props: {
  readonly model: ReportModel;
  readonly file: FileRow;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, file, copy, trans } = props;
  const looks = statusLooks(trans);
  return (
    <section className="jp-hepbatch-Detail" aria-label={trans.__('The selected file')}>
      <div className="jp-hepbatch-Part-bar">
        <h3>
          <StatusMark status={file.status} looks={looks} />
        </h3>
        {file.was !== null && (
          <span className="jp-hepbatch-Hint">
            {trans.__('last time: %1', looks[file.was].label)}
          </span>
        )}
        <button
          type="button"
          className="jp-hepbatch-Link jp-mod-end"
          onClick={() => void model.look(null)}
        >
          {trans.__('Close')}
        </button>
      </div>
      <div className="jp-hepbatch-Detail-path">
        <code>{file.file}</code>
        <button type="button" className="jp-hepbatch-Link" onClick={() => copy(file.file)}>
          {trans.__('Copy path')}
        </button>
      </div>
      <p className="jp-hepbatch-Hint">
        {trans.__('Dataset: %1', file.dataset)} · {trans.__('Identifier: %1', file.id)}
      </p>
      <Strips model={model} file={file} trans={trans} />
      <p className="jp-hepbatch-Detail-reason">
        {file.reason === '' ? looks[file.status].hint : file.reason}
      </p>
      {file.missing.length > 0 && (
        <p>
          {trans.__(
            'Absent: %1',
            file.missing
              .slice(0, 20)
              .map(([start, stop]) => `${start.toLocaleString()}–${stop.toLocaleString()}`)
              .join(', ') + (file.missing.length > 20 ? ', …' : '')
          )}
        </p>
      )}
      <ChunkNames model={model} file={file} copy={copy} trans={trans} />
    </section>
  );
}

/** The chunks as drawings; what is still asked, or cannot be had, in words. */
function Strips(props: {
  readonly model: ReportModel;
  readonly file: FileRow;
  readonly trans: TranslationBundle;
}) {
  const { model, file, trans } = props;
  const asked = model.chunks;
  if (asked === null) {
    return (
      <p className="jp-hepbatch-Hint" role="status">
        {trans.__('Reading the chunks…')}
      </p>
    );
  }
  if ('failure' in asked) {
    return (
      <p role="alert">
        {asked.failure.message} {asked.failure.data.next}
      </p>
    );
  }
  if (asked.answer.length === 0) {
    return <p className="jp-hepbatch-Hint">{trans.__('No chunk of this file is on disk.')}</p>;
  }
  return (
    <>
      {strips(asked.answer, file.expected).map(strip => (
        <ChunkStrip key={strip.variation} strip={strip} trans={trans} />
      ))}
    </>
  );
}

function ChunkNames(props: {
  readonly model: ReportModel;
  readonly file: FileRow;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, file, copy, trans } = props;
  const asked = model.chunks;
  if (asked === null || 'failure' in asked || asked.answer.length === 0) {
    return null;
  }
  const chunks = asked.answer;
  const names = chunks.map(({ variation, name }) => `${file.dataset}/${variation}/${name}`);
  // Faults are names, and a name stands in every variation: what is known to be cut off says so itself.
  const cut = new Set(chunks.filter(({ valid }) => valid === false).map(({ name }) => name));
  const faults = new Set(file.faults.filter(name => !cut.has(name)));
  return (
    <>
      <div className="jp-hepbatch-Part-bar">
        <h4>{trans._n('%1 chunk', '%1 chunks', chunks.length)}</h4>
        <button type="button" className="jp-hepbatch-Link" onClick={() => copy(names.join('\n'))}>
          {trans.__('Copy names')}
        </button>
      </div>
      <ul className="jp-hepbatch-Names">
        {chunks.slice(0, MOST_NAMES).map((chunk, i) => (
          <li key={names[i]}>
            <code>{names[i]}</code>
            {chunk.valid === false && <b> {trans.__('truncated')}</b>}
            {faults.has(chunk.name) && <b> {trans.__('at fault')}</b>}
          </li>
        ))}
        {chunks.length > MOST_NAMES && (
          <li>{trans.__('and %1 more', chunks.length - MOST_NAMES)}</li>
        )}
      </ul>
    </>
  );
}

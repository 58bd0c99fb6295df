import type { TranslationBundle } from '@jupyterlab/translation';
import type { Cluster } from '../../contract';

/** Characters that a card shows of a reason before the rest is folded. */
const SHORT = 160;

/** Why fewer workers are there than asked for, and what may go wrong; in the agent's words. */
export function Troubles(props: { readonly cluster: Cluster; readonly trans: TranslationBundle }) {
  const { cluster, trans } = props;
  const { why, warnings, state } = cluster;
  // While it starts the reason is no surprise.
  const whyTitle = state === 'running' ? trans.__('Why not more?') : null;
  return (
    <>
      <Reasons title={whyTitle} lines={why} isWarning={false} />
      <Reasons title={trans.__('Take care')} lines={warnings} isWarning={true} />
    </>
  );
}

function Reasons(props: {
  readonly title: string | null;
  readonly lines: readonly string[];
  readonly isWarning: boolean;
}) {
  const { title, lines, isWarning } = props;
  const [first = '', ...rest] = lines;
  if (lines.length === 0) {
    return null;
  }
  const className = `jp-hepbatch-Cluster-trouble${isWarning ? ' jp-mod-warning' : ''}`;
  const cut = first.indexOf('\n');
  const end = Math.min(cut < 0 ? first.length : cut, SHORT);
  if (rest.length === 0 && end === first.length) {
    return (
      <p className={className}>
        {title !== null && <strong>{title} </strong>}
        {first}
      </p>
    );
  }
  return (
    <details className={className}>
      <summary>
        {title !== null && <strong>{title} </strong>}
        {first.slice(0, end)}
        {end < first.length && '…'}
      </summary>
      {end < first.length && <p className="jp-hepbatch-Words">{first}</p>}
      {rest.map(line => (
        <p key={line} className="jp-hepbatch-Words">
          {line}
        </p>
      ))}
    </details>
  );
}

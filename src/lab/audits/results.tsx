import { useId, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { AuditSummary } from '../../contract';
import { useSignal } from '../redraw';
import { FilesPart } from './files-table';
import { NamesPart } from './names-table';
import type { ReportModel } from './report-model';

type TabName = 'files' | 'stale' | 'foreign' | 'not-in-json';

/** The files of the selected datasets, and the lists of what should not be there. */
export function Results(props: {
  readonly model: ReportModel;
  readonly summary: AuditSummary;
  readonly copy: (text: string) => void;
  readonly trans: TranslationBundle;
}) {
  const { model, summary, copy, trans } = props;
  const [chosen, setChosen] = useState<TabName>('files');
  const id = useId();
  useSignal(model.files.changed);
  const rows = model.view.chosen === null ? null : model.datasets.filter(isSelected);
  function isSelected({ dataset }: { readonly dataset: string }): boolean {
    return model.view.selected.has(dataset);
  }
  const stale = rows === null ? summary.stale : rows.reduce((sum, row) => sum + row.stale, 0);
  const foreign = rows === null ? summary.foreign : rows.reduce((sum, row) => sum + row.foreign, 0);
  const tabs: ReadonlyArray<readonly [TabName, string, number | null]> = [
    ['files', trans.__('Files'), model.files.total],
    ['stale', trans.__('Stale'), stale],
    ['foreign', trans.__('Foreign'), foreign],
    ['not-in-json', trans.__('Not in the JSON'), model.notInJson.length]
  ];
  const shown = tabs.filter(([name, , count]) => name === 'files' || count !== 0);
  const tab = shown.some(([name]) => name === chosen) ? chosen : 'files';
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = shown.findIndex(([name]) => name === tab);
    const next = shown[(at + step + shown.length) % shown.length];
    if (step !== 0 && next !== undefined) {
      setChosen(next[0]);
      const index = shown.indexOf(next);
      event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[index]?.focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <section className="jp-hepbatch-Results">
      <div
        className="jp-hepbatch-Tabs"
        role="tablist"
        aria-label={trans.__('Lists')}
        onKeyDown={onKeyDown}
      >
        {shown.map(([name, title, count]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === tab}
            aria-controls={`${id}-panel`}
            tabIndex={name === tab ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {title}
            {count !== null && ` (${count.toLocaleString()})`}
          </button>
        ))}
      </div>
      <div
        className="jp-hepbatch-Results-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tab}`}
      >
        {panel(tab, model, copy, trans)}
      </div>
    </section>
  );
}

function panel(
  tab: TabName,
  model: ReportModel,
  copy: (text: string) => void,
  trans: TranslationBundle
): ReactNode {
  switch (tab) {
    case 'files':
      return <FilesPart model={model} copy={copy} trans={trans} />;
    case 'stale':
      return (
        <NamesPart
          key="stale"
          pages={model.stale}
          label={trans.__('Stale chunks')}
          hint={trans.__(
            'Chunks of files that will be processed again: remove them first, or their events are counted twice.'
          )}
          copy={copy}
          trans={trans}
        />
      );
    case 'foreign':
      return (
        <NamesPart
          key="foreign"
          pages={model.foreign}
          label={trans.__('Foreign files')}
          hint={trans.__('Files in nominal that belong to no input file of the samples JSON.')}
          copy={copy}
          trans={trans}
        />
      );
    case 'not-in-json':
      return (
        <>
          <p className="jp-hepbatch-Hint">
            {trans.__('Datasets in the output folder that the samples JSON does not name.')}
          </p>
          <ul className="jp-hepbatch-Names">
            {model.notInJson.map(name => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </>
      );
  }
}

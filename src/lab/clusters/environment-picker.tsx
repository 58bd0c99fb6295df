import { useId, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Clipboard } from '@jupyterlab/apputils';
import type { Environment } from '../../contract';
import { FailureView } from '../failure';
import { isSame } from './environments-model';
import type { EnvironmentsModel } from './environments-model';
import { versionWords } from './words';

/** Which Python workers or jobs run with: what can be used, and what mends the others. */
export function EnvironmentPicker(props: {
  readonly model: EnvironmentsModel;
  /** Python that the profile of the connection names. */
  readonly own: string | undefined;
  /** What it is for. */
  readonly hint: string;
  readonly trans: TranslationBundle;
}) {
  const { model, own, hint, trans } = props;
  const { environments, chosen, isLoaded, failure, mismatches } = model;
  const name = useId();
  return (
    <fieldset className="jp-hepbatch-Environments" aria-busy={!isLoaded && failure === null}>
      <legend>{trans.__('Environment')}</legend>
      <p className="jp-hepbatch-Hint">{hint}</p>
      {own !== undefined && (
        <label className="jp-hepbatch-Environment">
          <input
            type="radio"
            name={name}
            checked={chosen === null}
            onChange={() => model.choose(null)}
          />
          <span>{trans.__('That of the connection')}</span>
          <span className="jp-hepbatch-Hint">{own}</span>
        </label>
      )}
      {!isLoaded && failure === null && (
        <p className="jp-hepbatch-Hint" role="status">
          {trans.__('Looking what there is…')}
        </p>
      )}
      <div className="jp-hepbatch-Environments-list">
        {environments.map(environment => (
          <Row
            key={JSON.stringify(environment.interpreter)}
            name={name}
            environment={environment}
            isChosen={isSame(environment.interpreter, chosen)}
            onChoose={() => model.choose(environment.interpreter)}
            trans={trans}
          />
        ))}
      </div>
      {failure !== null && (
        <FailureView
          failure={failure}
          title={trans.__('The environments could not be read')}
          trans={trans}
          onRetry={() => void model.refresh()}
        />
      )}
      {mismatches.length > 0 && (
        <div className="jp-hepbatch-Mismatch" role="status">
          <strong>{trans.__('It differs from the kernel of your notebook')}</strong>
          {mismatches.map(line => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      <Other model={model} trans={trans} />
    </fieldset>
  );
}

function Row(props: {
  readonly name: string;
  readonly environment: Environment;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly trans: TranslationBundle;
}) {
  const { name, environment, isChosen, onChoose, trans } = props;
  const { title, path, state, versions, reason, fix } = environment;
  const words = state === 'checking' ? trans.__('being looked at…') : versionWords(versions);
  const id = useId();
  return (
    <div className={`jp-hepbatch-Environment jp-mod-${state}`}>
      <input
        id={id}
        type="radio"
        name={name}
        checked={isChosen}
        disabled={state === 'unusable'}
        onChange={onChoose}
      />
      <label htmlFor={id} title={path}>
        {title}
      </label>
      <span className="jp-hepbatch-Hint">{words}</span>
      {reason !== null && <span className="jp-hepbatch-Environment-reason">{reason}</span>}
      {fix !== null && (
        <span className="jp-hepbatch-Environment-fix">
          <code>{fix}</code>
          <button
            type="button"
            className="jp-hepbatch-Link"
            aria-label={trans.__('Copy the command that mends %1', title)}
            onClick={() => Clipboard.copyToSystem(fix)}
          >
            {trans.__('Copy')}
          </button>
        </span>
      )}
    </div>
  );
}

/** A Python that is not in the list. */
function Other(props: { readonly model: EnvironmentsModel; readonly trans: TranslationBundle }) {
  const { model, trans } = props;
  const [path, setPath] = useState('');
  const [isAsking, setAsking] = useState(false);
  const add = () => {
    setAsking(true);
    void model.add(path.trim()).finally(() => setAsking(false));
  };
  return (
    <details className="jp-hepbatch-Other">
      <summary>{trans.__('Another Python')}</summary>
      <div className="jp-hepbatch-Field-path">
        <input
          type="text"
          className="jp-mod-styled"
          aria-label={trans.__('Path of another Python on that host')}
          placeholder={trans.__('such as %1', '/opt/conda/bin/python')}
          spellCheck={false}
          value={path}
          onChange={event => setPath(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              event.preventDefault();
              add();
            }
          }}
        />
        <button
          type="button"
          className="jp-hepbatch-Button"
          disabled={path.trim() === '' || isAsking}
          onClick={add}
        >
          {isAsking ? trans.__('Looking…') : trans.__('Use it')}
        </button>
      </div>
    </details>
  );
}

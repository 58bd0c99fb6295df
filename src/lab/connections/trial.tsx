import { useEffect, useRef } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ConnectionTest, TestStep } from '../../contract';
import { FailureView } from '../failure';
import { Facts } from './details';
import type { ProfileTest } from './profile-test';

/** The trial of a profile, step by step, and what was found; nothing before one was begun. */
export function Trial(props: {
  readonly trial: ProfileTest;
  readonly warnMinutes: number;
  readonly trans: TranslationBundle;
}) {
  const { trial, warnMinutes, trans } = props;
  const { test, failure, isRunning } = trial;
  const node = useRef<HTMLElement>(null);
  const state = test?.state;
  // It stands at the end of a long form: both its beginning and its end shall be seen.
  useEffect(() => {
    node.current?.scrollIntoView({ block: 'nearest' });
  }, [state]);
  if (failure !== null) {
    return (
      <FailureView failure={failure} title={trans.__('It could not be tested')} trans={trans} />
    );
  }
  if (test === null) {
    return isRunning ? <p className="jp-hepbatch-Hint">{trans.__('The test begins…')}</p> : null;
  }
  return (
    <section ref={node} className="jp-hepbatch-Trial" aria-label={trans.__('Test')}>
      <h3 role="status">{verdict(test, trans)}</h3>
      <ol>
        {test.steps.map(step => (
          <Step key={step.name} step={step} trans={trans} />
        ))}
      </ol>
      {test.failure !== null && test.state === 'failed' && (
        <p className="jp-hepbatch-Hint">{test.failure.data.next}</p>
      )}
      {test.details !== null && (
        <details>
          <summary>{trans.__('What was found there')}</summary>
          <Facts
            details={test.details}
            warnMinutes={warnMinutes}
            ticket={null}
            proxy={null}
            trans={trans}
          />
        </details>
      )}
    </section>
  );
}

function Step({ step, trans }: { readonly step: TestStep; readonly trans: TranslationBundle }) {
  const { name, state, words, seconds } = step;
  return (
    <li className={`jp-hepbatch-Step jp-mod-${state}`}>
      <span className="jp-hepbatch-Step-mark" aria-hidden="true" />
      <span className="jp-hepbatch-Step-name">{stepWords(name, trans)}</span>
      <span className="jp-hepbatch-Step-state">{stateWords(state, trans)}</span>
      {seconds !== null && seconds >= 0.05 && (
        <span className="jp-hepbatch-Hint">{trans.__('%1 s', seconds.toFixed(1))}</span>
      )}
      {words !== '' && <span className="jp-hepbatch-Step-words">{words}</span>}
    </li>
  );
}

function verdict({ state }: ConnectionTest, trans: TranslationBundle): string {
  const words: Record<ConnectionTest['state'], string> = {
    running: trans.__('Testing…'),
    passed: trans.__('It works'),
    failed: trans.__('It does not work'),
    cancelled: trans.__('The test was cancelled')
  };
  return words[state];
}

function stepWords(name: TestStep['name'], trans: TranslationBundle): string {
  const words: Record<TestStep['name'], string> = {
    configuration: trans.__('Configuration'),
    connect: trans.__('Connect'),
    'log-in': trans.__('Log in'),
    scheduler: trans.__('Scheduler'),
    python: trans.__('Python'),
    folders: trans.__('Folders'),
    credentials: trans.__('Credentials')
  };
  return words[name];
}

function stateWords(state: TestStep['state'], trans: TranslationBundle): string {
  const words: Record<TestStep['state'], string> = {
    waiting: trans.__('waiting'),
    running: trans.__('running'),
    ok: trans.__('fine'),
    warning: trans.__('warning'),
    failed: trans.__('failed'),
    unknown: trans.__('not known'),
    skipped: trans.__('left out')
  };
  return words[state];
}

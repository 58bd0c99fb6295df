import type { TranslationBundle } from '@jupyterlab/translation';
import type { Failure } from '../contract';

/** A failure in words: what happened, what to do, and a button where trying again makes sense. */
export function FailureView(props: {
  readonly failure: Failure;
  readonly title: string;
  readonly trans: TranslationBundle;
  readonly onRetry?: () => void;
}) {
  const { failure, title, trans, onRetry } = props;
  return (
    <div className="jp-hepbatch-Failure" role="alert">
      <strong>{title}</strong>
      <p>{failure.message}</p>
      <p>{failure.data.next}</p>
      {onRetry !== undefined && (
        <button className="jp-hepbatch-Button" type="button" onClick={onRetry}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}

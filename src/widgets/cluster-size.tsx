import { useId, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

/** How many workers: a number, or bounds between which Dask chooses. */
export interface ISize {
  readonly workers: number;
  readonly adaptive: { readonly minimum: number; readonly maximum: number } | null;
}

/** What a person typed; null where it is no size. */
export function readSize(workers: string, least: string, most: string, isAdaptive: boolean) {
  const [count, minimum, maximum] = [workers, least, most].map(text =>
    /^\d{1,5}$/.test(text.trim()) ? Number(text) : null
  );
  if (!isAdaptive) {
    return typeof count === 'number' ? { workers: count, adaptive: null } : null;
  }
  return typeof minimum === 'number' &&
    typeof maximum === 'number' &&
    minimum <= maximum &&
    maximum > 0
    ? { workers: 0, adaptive: { minimum, maximum } }
    : null;
}

/** A number of workers or bounds, with a button that takes them. */
export function SizeFields(props: {
  readonly size: ISize;
  /** What the button says. */
  readonly label: string;
  readonly isBusy: boolean;
  readonly onSize: (size: ISize) => void;
  readonly trans: TranslationBundle;
}) {
  const { size, label, isBusy, onSize, trans } = props;
  const id = useId();
  const [isAdaptive, setAdaptive] = useState(size.adaptive !== null);
  const [workers, setWorkers] = useState(String(size.workers));
  const [least, setLeast] = useState(String(size.adaptive?.minimum ?? 0));
  const [most, setMost] = useState(String(size.adaptive?.maximum ?? Math.max(size.workers, 1)));
  const read = readSize(workers, least, most, isAdaptive);
  const field = (name: string, words: string, value: string, set: (value: string) => void) => (
    <label htmlFor={`${id}-${name}`}>
      {words}
      <input
        id={`${id}-${name}`}
        className="jp-mod-styled"
        inputMode="numeric"
        value={value}
        onChange={event => set(event.target.value)}
      />
    </label>
  );
  return (
    <form
      className="jp-hepbatch-ClusterCell-size"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (read !== null && !isBusy) {
          onSize(read);
        }
      }}
    >
      {isAdaptive ? (
        <>
          {field('least', trans.__('At least'), least, setLeast)}
          {field('most', trans.__('At most'), most, setMost)}
        </>
      ) : (
        field('workers', trans.__('Workers'), workers, setWorkers)
      )}
      <label htmlFor={`${id}-adaptive`}>
        <input
          id={`${id}-adaptive`}
          type="checkbox"
          checked={isAdaptive}
          onChange={event => setAdaptive(event.target.checked)}
        />
        {trans.__('Adaptive')}
      </label>
      <button
        type="submit"
        className="jp-hepbatch-Button jp-mod-primary"
        disabled={isBusy || read === null}
      >
        {label}
      </button>
      {read === null && (
        <span className="jp-hepbatch-Field-error" role="alert">
          {trans.__('Whole numbers, and the first not above the second.')}
        </span>
      )}
    </form>
  );
}

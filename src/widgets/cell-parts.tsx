/** One name, its state as a badge, and a sentence: the first line of what a cell shows. */
export function Head(props: {
  readonly name: string;
  readonly word: string;
  readonly state: string;
  readonly summary: string;
}) {
  const { name, word, state, summary } = props;
  return (
    <p className="jp-hepbatch-Cell-head" role="status">
      <strong>{name}</strong>
      <span className={`jp-hepbatch-State jp-mod-${state}`}>{word}</span>
      <span>{summary}</span>
    </p>
  );
}

/** A link that does something; it waits while the model is busy with something else. */
export function Verb(props: {
  readonly label: string;
  readonly model: { readonly isBusy: boolean };
  readonly act: () => Promise<void>;
}) {
  const { label, model, act } = props;
  return (
    <button
      type="button"
      className="jp-hepbatch-Link"
      disabled={model.isBusy}
      onClick={() => void act()}
    >
      {label}
    </button>
  );
}

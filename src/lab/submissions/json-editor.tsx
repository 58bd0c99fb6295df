import { useEffect, useRef } from 'react';
import { CodeEditor } from '@jupyterlab/codeeditor';
import type { IEditorServices } from '@jupyterlab/codeeditor';

/** An editor for JSON: JupyterLab's own, or where it has none a plain field of text. */
export function JsonEditor(props: {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string;
  readonly isWrong: boolean;
  readonly text: string;
  /** Shown as long as there is no text. */
  readonly example: string;
  readonly editors: IEditorServices | null;
  readonly onChange: (text: string) => void;
}) {
  const { editors, text, example, onChange } = props;
  return (
    <div className="jp-hepbatch-JsonEditor">
      {editors === null ? (
        <textarea
          id={props.id}
          className="jp-mod-styled jp-hepbatch-Lines"
          rows={12}
          spellCheck={false}
          value={text}
          placeholder={example}
          aria-describedby={props.describedBy}
          aria-invalid={props.isWrong}
          onChange={event => onChange(event.target.value)}
        />
      ) : (
        <>
          <LabEditor {...props} editors={editors} />
          {text === '' && (
            <pre className="jp-hepbatch-JsonEditor-example" aria-hidden="true">
              {example}
            </pre>
          )}
        </>
      )}
    </div>
  );
}

function LabEditor(props: {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string;
  readonly isWrong: boolean;
  readonly text: string;
  readonly editors: IEditorServices;
  readonly onChange: (text: string) => void;
}) {
  const { editors, text, label, describedBy, isWrong } = props;
  const place = useRef<HTMLDivElement>(null);
  const model = useRef<CodeEditor.Model | null>(null);
  const told = useRef(props.onChange);
  told.current = props.onChange;
  const first = useRef(text);
  useEffect(() => {
    const host = place.current;
    if (host === null) {
      return;
    }
    const made = new CodeEditor.Model({ mimeType: 'application/json' });
    made.sharedModel.setSource(first.current);
    const editor = editors.factoryService.newDocumentEditor({
      host,
      model: made,
      config: { lineNumbers: true, lineWrap: false, tabSize: 2 }
    });
    made.sharedModel.changed.connect(() => told.current(made.sharedModel.getSource()));
    model.current = made;
    return () => {
      model.current = null;
      editor.dispose();
      made.dispose();
    };
  }, [editors]);
  useEffect(() => {
    const shared = model.current?.sharedModel;
    if (shared !== undefined && shared.getSource() !== text) {
      shared.setSource(text);
    }
  }, [text]);
  useEffect(() => {
    const content = place.current?.querySelector('[contenteditable]');
    content?.setAttribute('aria-label', label);
    content?.setAttribute('aria-describedby', describedBy);
    content?.setAttribute('aria-invalid', String(isWrong));
  }, [editors, label, describedBy, isWrong]);
  return <div id={props.id} ref={place} className="jp-hepbatch-JsonEditor-host" />;
}

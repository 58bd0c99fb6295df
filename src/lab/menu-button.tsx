import { useEffect, useId, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';

/** One thing to do; `hint` stands below it. */
export interface IMenuItem {
  readonly label: string;
  readonly hint?: string;
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

/**
 * A button that does the first thing of its list, and beside it one that opens a menu with all of
 * them; Escape closes it, arrows walk through it.
 */
export function MenuButton(props: {
  readonly label: string;
  /** Name of the button that opens the menu. */
  readonly more: string;
  readonly items: readonly IMenuItem[];
  readonly isDisabled: boolean;
  readonly title: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const node = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    node.current?.querySelector<HTMLElement>('[role="menuitem"]:not(:disabled)')?.focus();
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && node.current?.contains(event.target) !== true) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) {
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Escape') {
      setOpen(false);
      opener.current?.focus();
    } else if (step !== 0) {
      const all = node.current?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)');
      const items = [...(all ?? [])];
      const at = items.findIndex(item => item === document.activeElement);
      items[(at + step + items.length) % items.length]?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={node}
      className="jp-hepbatch-MenuButton"
      onKeyDown={onKeyDown}
      onBlur={event => {
        if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)) {
          setOpen(false);
        }
      }}
    >
      <button
        type="button"
        className="jp-hepbatch-Button jp-mod-primary"
        disabled={props.isDisabled}
        title={props.title}
        onClick={() => props.items[0]?.run()}
      >
        {props.label}
      </button>
      <button
        ref={opener}
        type="button"
        className="jp-hepbatch-Button jp-mod-primary jp-hepbatch-MenuButton-more"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={props.more}
        disabled={props.isDisabled}
        title={props.more}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true">▾</span>
      </button>
      {isOpen && (
        <div id={id} role="menu" aria-label={props.label} className="jp-hepbatch-MenuButton-menu">
          {props.items.map(({ label, hint, isDisabled, run }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              disabled={isDisabled === true}
              onClick={() => {
                setOpen(false);
                opener.current?.focus();
                run();
              }}
            >
              {label}
              {hint !== undefined && <span className="jp-hepbatch-Hint">{hint}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

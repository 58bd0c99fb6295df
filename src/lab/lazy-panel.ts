import { Panel, Widget } from '@lumino/widgets';
import type { Message } from '@lumino/messaging';

/** A panel whose content is loaded when it is first seen. */
export class LazyPanel extends Panel {
  /** `seen` is called each time that the panel is shown, from the first time on. */
  constructor(load: () => Promise<Widget>, seen?: () => void) {
    super();
    this._load = load;
    this._seen = seen;
    this.addClass('jp-hepbatch-Lazy');
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._begin();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._begin();
  }

  private _begin(): void {
    if (!this.isVisible) {
      return;
    }
    if (!this._begun) {
      this._begun = true;
      void this._fill();
    }
    this._seen?.();
  }

  private async _fill(): Promise<void> {
    try {
      const widget = await this._load();
      if (this.isDisposed) {
        widget.dispose();
      } else {
        this.addWidget(widget);
      }
    } catch (error) {
      // A part of the program that cannot be fetched (server gone) is asked for again next time.
      this._begun = false;
      const note = new Widget();
      note.addClass('jp-hepbatch-Failure');
      note.node.textContent = error instanceof Error ? error.message : String(error);
      this.widgets.forEach(old => old.dispose());
      this.addWidget(note);
    }
  }

  private readonly _load: () => Promise<Widget>;
  private readonly _seen: (() => void) | undefined;
  private _begun = false;
}

import { DOMWidgetView } from '@jupyter-widgets/base';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** A view of a cell that shows a panel of the Lab. */
export abstract class PanelView extends DOMWidgetView {
  /** Makes the panel; null where there is nothing to show. */
  abstract makePanel(): Widget | null;

  override render(): void {
    super.render();
    this.el.classList.add('jp-hepbatch-Cell');
    // Keys are for the panel, not for the notebook around it.
    this.el.setAttribute('data-lm-suppress-shortcuts', 'true');
    const panel = this.makePanel();
    this._panel = panel;
    this.displayed.then(
      () => {
        if (panel !== null && !panel.isDisposed) {
          Widget.attach(panel, this.el);
        }
      },
      () => undefined
    );
  }

  override remove(): void {
    if (this._panel !== null) {
      leave(this._panel);
      this._panel.dispose();
    }
    super.remove();
  }

  declare private _panel: Widget | null;
}

/** Tells a widget that it is detached where its cell took it out of the page before. */
function leave(widget: Widget): void {
  if (widget.isAttached && !widget.node.isConnected) {
    MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
    MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
  }
}

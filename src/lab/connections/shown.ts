import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** Of which connections the details are shown, and which one shall be seen. */
export class ShownDetails {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  has(id: string): boolean {
    return this._ids.has(id);
  }

  /** Shows or hides the details of a connection. */
  set(id: string, isShown: boolean): void {
    if (isShown) {
      this._ids.add(id);
    } else {
      this._ids.delete(id);
    }
    this._changed.emit();
  }

  /** The connection that was last to be seen, and a number that grows with each time. */
  get revealed(): { readonly id: string; readonly times: number } | null {
    return this._revealed;
  }

  /** Brings the card of a connection into view. */
  reveal(id: string): void {
    this._revealed = { id, times: (this._revealed?.times ?? 0) + 1 };
    this._changed.emit();
  }

  private _revealed: { readonly id: string; readonly times: number } | null = null;
  private readonly _ids = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
}

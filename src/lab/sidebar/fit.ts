import type { AccordionPanel, Widget } from '@lumino/widgets';

/** What holds the items of a section, as high as its section is. */
const LIST = '.jp-hepbatch-List';

/**
 * Heights for sections that need `needs` px in a room of `room` px. Where there is enough for all, the
 * last one that is open takes the rest; else small ones get what they need and the others equal parts of
 * what is left. Closed sections need 0 and get 0.
 */
export function heights(needs: readonly number[], room: number): readonly number[] {
  const given = needs.map(() => 0);
  let left = room;
  const byNeed = needs.map((_, index) => index).filter(index => (needs[index] ?? 0) > 0);
  byNeed.sort((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0));
  byNeed.forEach((index, done) => {
    const part = Math.min(needs[index] ?? 0, left / (byNeed.length - done));
    given[index] = part;
    left -= part;
  });
  const last = Math.max(...byNeed);
  if (byNeed.length > 0) {
    given[last] = (given[last] ?? 0) + left;
  }
  return given;
}

/** Gives each section of a sidebar the height of its items, until a border is drawn by hand. */
export class SectionFit {
  constructor(private readonly _accordion: AccordionPanel) {
    this._observer = new MutationObserver(() => this._soon());
    this._observer.observe(_accordion.node, { childList: true, subtree: true });
    _accordion.handleMoved.connect(this._onMoved, this);
    _accordion.expansionToggled.connect(this._onToggled, this);
  }

  dispose(): void {
    this._observer.disconnect();
    cancelAnimationFrame(this._frame);
  }

  /** Measures once more; nothing happens where a border was drawn, or nothing is seen. */
  update(): void {
    if (this._isOwn || !this._accordion.isVisible) {
      return;
    }
    const widgets = this._accordion.widgets;
    const needs = widgets.map(widget => (widget.isHidden ? 0 : needOf(widget)));
    const room = widgets.reduce((sum, widget) => sum + widget.node.offsetHeight, 0);
    const measured = [room, ...needs];
    if (measured.every((height, index) => height === this._measured[index])) {
      return;
    }
    this._measured = measured;
    this._accordion.setRelativeSizes([...heights(needs, room)]);
  }

  private _soon(): void {
    cancelAnimationFrame(this._frame);
    this._frame = requestAnimationFrame(() => this.update());
  }

  private _onMoved(): void {
    this._isOwn = true;
  }

  private _onToggled(): void {
    this._isOwn = false;
    this._measured = [];
    this._soon();
  }

  private readonly _observer: MutationObserver;
  private _measured: readonly number[] = [];
  private _isOwn = false;
  private _frame = 0;
}

/** The height of all items, seen or not, and of what stands above them. */
function needOf(widget: Widget): number {
  const list = widget.node.querySelector<HTMLElement>(LIST);
  if (list === null) {
    return widget.node.offsetHeight;
  }
  const range = document.createRange();
  range.selectNodeContents(list);
  return (
    Math.ceil(range.getBoundingClientRect().height) + (widget.node.offsetHeight - list.offsetHeight)
  );
}

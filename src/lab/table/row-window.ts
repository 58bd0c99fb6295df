/** Browsers give up heights near 33 million pixels; beyond this one the scroll bar is a ratio. */
export const MAX_HEIGHT = 15_000_000;

/** What is measured of a table. */
export interface IViewport {
  readonly total: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

/** Which rows are drawn, and where the first of them stands in the scrolled content. */
export interface IRowWindow {
  readonly first: number;
  readonly count: number;
  /** Pixels from the top of the content to the top of row `first`. */
  readonly top: number;
}

/** Height of the scrolled content in pixels. */
export function contentHeight({ total, rowHeight }: IViewport, most = MAX_HEIGHT): number {
  return Math.min(total * rowHeight, most);
}

/** The rows that are in view at a scroll position, whole and cut ones. */
export function rowWindow(view: IViewport, scrollTop: number, most = MAX_HEIGHT): IRowWindow {
  const { total, rowHeight, viewHeight } = view;
  const top = clamp(scrollTop, 0, Math.max(0, contentHeight(view, most) - viewHeight));
  const virtual = top * stretch(view, most);
  const first = Math.min(Math.floor(virtual / rowHeight), Math.max(0, total - 1));
  const count = Math.min(Math.ceil(viewHeight / rowHeight) + 1, total - first);
  return { first, count, top: top - (virtual - first * rowHeight) };
}

/** The scroll position nearest to the present one at which a row is wholly in view. */
export function scrollToRow(
  view: IViewport,
  scrollTop: number,
  row: number,
  most = MAX_HEIGHT
): number {
  const { rowHeight, viewHeight } = view;
  const factor = stretch(view, most);
  const virtual = scrollTop * factor;
  const above = row * rowHeight;
  const below = above + rowHeight - viewHeight;
  const wanted = above < virtual ? above : below > virtual ? below : virtual;
  return clamp(wanted / factor, 0, Math.max(0, contentHeight(view, most) - viewHeight));
}

/** Pixels of the whole list for each pixel of the scroll bar. */
function stretch(view: IViewport, most: number): number {
  const whole = view.total * view.rowHeight - view.viewHeight;
  const scrolled = contentHeight(view, most) - view.viewHeight;
  return whole <= 0 || scrolled <= 0 ? 1 : whole / scrolled;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import type * as nbformat from '@jupyterlab/nbformat';

/** What notebooks take cells as. */
const CELLS = 'application/vnd.jupyter.cells';

/** Pixels that the pointer moves before it is a drag. */
const FAR = 5;

/**
 * Takes code to a notebook while the pointer is down: a drop there makes a cell of it. `code` is
 * asked for at once, since a drag has to have its data when it begins.
 */
export function dragCode(
  begin: PointerEvent,
  code: () => Promise<string>,
  failed: (error: unknown) => void
): void {
  if (begin.button !== 0) {
    return;
  }
  const asked = code();
  asked.catch(() => undefined); // told where somebody really drags
  let last = begin;
  let isFar = false;
  const end = () => {
    document.removeEventListener('pointermove', move, true);
    document.removeEventListener('pointerup', end, true);
    document.removeEventListener('pointercancel', end, true);
    isDown = false;
  };
  let isDown = true;
  const move = (event: PointerEvent) => {
    last = event;
    const way = Math.hypot(event.clientX - begin.clientX, event.clientY - begin.clientY);
    if (way < FAR || isFar) {
      return;
    }
    isFar = true;
    asked
      .then(text => {
        if (isDown) {
          end();
          void dragOf(text, begin.target).start(last.clientX, last.clientY);
        }
      })
      .catch(failed);
  };
  document.addEventListener('pointermove', move, true);
  document.addEventListener('pointerup', end, true);
  document.addEventListener('pointercancel', end, true);
}

function dragOf(code: string, source: EventTarget | null): Drag {
  const cell: nbformat.ICodeCell = {
    cell_type: 'code',
    source: code.trimEnd(),
    metadata: {},
    outputs: [],
    execution_count: null
  };
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [cell]);
  mimeData.setData('text/plain', code);
  const image = document.createElement('div');
  image.className = 'jp-hepbatch-DragImage';
  image.textContent = code.trim().split('\n').slice(0, 3).join('\n');
  return new Drag({
    mimeData,
    dragImage: image,
    supportedActions: 'copy',
    proposedAction: 'copy',
    source
  });
}

import { useEffect, useReducer } from 'react';
import type { ISignal } from '@lumino/signaling';

/** Draws a view again whenever the signal is emitted. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    // Between the first drawing and this moment something may have been said.
    redraw();
    const slot = () => redraw();
    signal.connect(slot);
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

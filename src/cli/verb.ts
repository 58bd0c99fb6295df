import { toFailure } from '../contract';
import { printable } from './printable';
import type { ITerminal } from './terminal';

/** Exit status of a person's Ctrl-C. */
export const INTERRUPTED = 130;

/**
 * Runs a verb with a signal that Ctrl-C and its like abort. What it throws is one line on stderr, and
 * status `failed` or 130.
 */
export async function runVerb(
  name: string,
  { stderr }: ITerminal,
  failed: number,
  work: (signal: AbortSignal) => Promise<number>
): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach(signal => process.on(signal, onSignal));
  try {
    return await work(stop.signal);
  } catch (error) {
    const { code, message, data } = toFailure(error);
    const sentence = message.replace(/[^.!?]$/, '$&.');
    stderr.write(`hepbatch ${name}: ${printable(sentence)} ${printable(data.next)}\n`);
    return code === 'cancelled' && stop.signal.aborted ? INTERRUPTED : failed;
  } finally {
    signals.forEach(signal => process.off(signal, onSignal));
  }
}

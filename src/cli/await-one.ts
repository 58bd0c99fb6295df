import { HepbatchError } from '../contract';
import type { AgentEvent } from '../contract';
import type { IAgentClient } from './agent-client';
import { Waiting } from './waiting';

/** What is waited for, and who is told of it. */
export interface IAwaited<T> {
  /** Asks how it is now. */
  readonly read: () => Promise<T>;
  /** How it is by an event; null where that is about something else. */
  readonly of: (event: AgentEvent) => T | null;
  readonly isAsWanted: (now: T) => boolean;
  /** Hears of each change, also of the last one. */
  readonly tell: (now: T) => void;
  /** What a person reads whose Ctrl-C ended the waiting. */
  readonly next: string;
}

/**
 * Waits until something of the agent is as wanted. Throws `cancelled` by the signal, which does nothing
 * to it; `unreachable` where the agent ends.
 */
export async function awaitOne<T>(
  client: IAgentClient,
  { read, of, isAsWanted, tell, next }: IAwaited<T>,
  signal: AbortSignal
): Promise<T> {
  const waiting = new Waiting<T>();
  const take = (now: T) => {
    tell(now);
    if (isAsWanted(now)) {
      waiting.resolve(now);
    }
  };
  const listening = await client.listen(
    event => {
      if (event.topic === 'reset') {
        read().then(take, (error: unknown) => waiting.reject(error));
        return;
      }
      const now = of(event);
      if (now !== null) {
        take(now);
      }
    },
    () =>
      waiting.reject(new HepbatchError('unreachable', 'the agent ended', { next: 'Look again.' }))
  );
  const stop = () =>
    waiting.reject(new HepbatchError('cancelled', 'nobody waits any more', { next }));
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) {
      stop();
    }
    read().then(take, (error: unknown) => waiting.reject(error));
    return await waiting.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    listening.stop();
  }
}

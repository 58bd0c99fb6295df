import type { EventHub } from '../events';
import { pause } from './sender';

/** Without news of a connection it is tried again so often. */
const TRY_MS = 15_000;

/** Resolves when the connection opens, some time has passed, or it is ended. */
export async function waitForHost(
  events: EventHub,
  connection: string,
  signal: AbortSignal
): Promise<void> {
  const opened = new AbortController();
  const untap = events.tap(body => {
    if (
      body.topic === 'connection' &&
      body.connection.profile.id === connection &&
      body.connection.state === 'open'
    ) {
      opened.abort();
    }
  });
  try {
    await pause(TRY_MS, AbortSignal.any([opened.signal, signal]));
  } finally {
    untap();
  }
}

import { HepbatchError, connections } from '../contract';
import type { ConnectionProfile, ConnectionTest, TestStep } from '../contract';
import type { IAgentClient } from './agent-client';
import { TerminalPrompts } from './terminal-prompts';
import type { ITty } from './tty';
import { Waiting } from './waiting';

/**
 * Tries a profile, asking in the terminal what the host asks; `show` gets each step when it is over.
 * Resolves when all are; the signal cancels it.
 */
export async function tryConnection(
  client: IAgentClient,
  profile: ConnectionProfile,
  tty: ITty | null,
  show: (step: TestStep) => void,
  signal: AbortSignal
): Promise<ConnectionTest> {
  const asked = new TerminalPrompts(client, tty, ({ connection }) => connection === profile.id);
  const over = new Waiting<ConnectionTest>();
  // What comes before the id of this trial is known may be its own.
  const early: ConnectionTest[] = [];
  let id: string | null = null;
  let shown = 0;
  const look = (test: ConnectionTest) => {
    while (shown < test.steps.length && isOver(test, shown)) {
      test.steps.slice(shown, ++shown).forEach(show);
    }
    if (test.state !== 'running') {
      over.resolve(test);
    }
  };
  const listening = await client.listen(
    event => {
      asked.take(event);
      if (event.topic === 'connection-test' && id === null) {
        early.push(event.test);
      } else if (event.topic === 'connection-test' && event.test.id === id) {
        look(event.test);
      }
    },
    () => over.reject(new HepbatchError('unreachable', 'the agent ended', { next: 'Try again.' }))
  );
  const cancel = () => {
    if (id !== null) {
      client.call(connections.cancelTest, { id }).catch((error: unknown) => over.reject(error));
    }
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await asked.begin();
    const begun = await client.call(connections.test, { profile });
    id = begun.id;
    early.filter(test => test.id === id).forEach(look);
    return await Promise.race([over.promise, asked.failed]);
  } catch (error) {
    cancel();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    listening.stop();
  }
}

/** Its words are final when the next step has begun, or all have ended. */
function isOver({ steps, state }: ConnectionTest, i: number): boolean {
  const of = (at: number) => steps[at]?.state ?? 'running';
  const isEnded = of(i) !== 'waiting' && of(i) !== 'running';
  return state !== 'running' || (isEnded && of(i + 1) !== 'waiting');
}

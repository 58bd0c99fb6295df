import { HepbatchError, prompts } from '../contract';
import type { AgentEvent, Prompt } from '../contract';
import type { IAgentClient } from './agent-client';
import { printable, printableLines } from './printable';
import type { ITty } from './tty';
import { Waiting } from './waiting';

/** Asks in the terminal what hosts ask, one after the other. */
export class TerminalPrompts {
  constructor(
    private readonly _client: IAgentClient,
    private readonly _tty: ITty | null,
    /** Whether a question belongs to what the command waits for. */
    private readonly _isMine: (prompt: Prompt) => boolean
  ) {}

  /** Rejects where something is asked and there is no terminal to ask in. */
  get failed(): Promise<never> {
    return this._failed.promise;
  }

  /** Takes up the questions that waited before the command listened. */
  async begin(): Promise<void> {
    const { prompts: waiting } = await this._client.call(prompts.list, undefined);
    waiting.forEach(prompt => this._add(prompt));
  }

  /** Takes an event of the agent. */
  take(event: AgentEvent): void {
    if (event.topic === 'prompt') {
      this._add(event.prompt);
    } else if (event.topic === 'prompt-closed') {
      this._open.get(event.id)?.abort();
    }
  }

  private _add(prompt: Prompt): void {
    if (!this._isMine(prompt) || this._open.has(prompt.id)) {
      return;
    }
    if (this._tty === null) {
      this._failed.reject(
        new HepbatchError('denied', `${prompt.title} asks ${JSON.stringify(prompt.text.trim())}`, {
          next: 'There is no terminal to answer in: open it in JupyterLab, or run this in a terminal.'
        })
      );
      return;
    }
    const closed = new AbortController();
    this._open.set(prompt.id, closed);
    const tty = this._tty;
    this._last = this._last
      .then(() => (closed.signal.aborted ? undefined : this._ask(tty, prompt, closed.signal)))
      .catch((error: unknown) => this._failed.reject(error));
  }

  private async _ask(tty: ITty, prompt: Prompt, signal: AbortSignal): Promise<void> {
    if (prompt.again) {
      tty.say('The answer was not accepted.\n');
    }
    const answer =
      prompt.kind === 'host-key'
        ? await askHostKey(tty, prompt, signal)
        : await tty.ask(
            `[${printable(prompt.title)}] ${printableLines(prompt.text)}`,
            prompt.kind === 'secret',
            signal
          );
    if (signal.aborted) {
      tty.say('It was answered elsewhere, or is over.\n');
      return;
    }
    const { id } = prompt;
    await (
      answer === null
        ? this._client.call(prompts.cancel, { id })
        : this._client.call(prompts.answer, { id, answer })
    ).catch((error: unknown) => {
      if (!(error instanceof HepbatchError && error.code === 'conflict')) {
        throw error;
      } // else another one was faster
    });
  }

  private readonly _open = new Map<string, AbortController>();
  private _last: Promise<void> = Promise.resolve();
  private readonly _failed = new Waiting<never>();
}

async function askHostKey(
  tty: ITty,
  { title, hostKey }: Prompt,
  signal: AbortSignal
): Promise<string | null> {
  const key = hostKey ?? { host: title, algorithm: '?', fingerprint: '?', file: '?' };
  tty.say(
    [
      `The host ${printable(key.host)} is not known yet.`,
      `Its ${printable(key.algorithm)} key has the fingerprint ${printable(key.fingerprint)}.`,
      `Compare it with what the site publishes. With yes it is written to ${printable(key.file)}.`,
      ''
    ].join('\n')
  );
  for (;;) {
    const answer = await tty.ask('Go on (yes or no)? ', false, signal);
    if (answer === null || answer === 'no') {
      return null;
    }
    if (answer === 'yes') {
      return 'yes';
    }
  }
}

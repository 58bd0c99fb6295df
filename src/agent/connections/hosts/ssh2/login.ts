import type { AnyAuthMethod, AuthenticationType, Prompt } from 'ssh2';
import type { ISshHop } from '../../ssh-config/hop';
import { OneKeyAgent } from './agent-keys';
import type { AskPassphrase, IKey } from './agent-keys';
import type { AskUser } from './host-key';
import type { KeyRing } from './key-ring';
import { loginRefusal } from './login-refusal';

/** So many keys are tried on one line; servers cut it at six failures of whatever kind (MaxAuthTries). */
const MOST_KEYS = 5;

/** With more refused keys than these there would not be three answers left. */
const MOST_KEYS_BEFORE_ASKING = 3;

/** So much of what a server says is shown above a question. */
const MOST_WORDS = 4000;

/** What a login needs of its line. */
export interface ILoginOptions {
  readonly hop: ISshHop;
  readonly keys: KeyRing;
  readonly ask: AskUser;
  /** Does what the server need not wait for with impatience, such as a signature of an agent. */
  readonly atLeisure: <T>(work: () => Promise<T>) => Promise<T>;
  /** Ends the line for this reason. */
  readonly giveUp: (cause: unknown) => void;
}

/** The line has to be opened anew, without the keys that were refused: its tries are used up. */
export class FreshLineNeeded extends Error {}

type Asking = 'keyboard-interactive' | 'password';
type Attempt = { readonly method: Asking; isAsked: boolean } | { readonly key: IKey } | 'none';

/** What we try next, and what the user is asked for it, on one line. */
export class Login {
  constructor(private readonly _options: ILoginOptions) {}

  /** For ssh2: says what is tried next, in its own time. */
  readonly next = (
    methods: AuthenticationType[] | null,
    _isPartial: boolean | null,
    answer: (attempt: AnyAuthMethod) => void
  ): void => {
    // Where the line ends meanwhile ssh2 throws at the answer, and giving up does nothing any more.
    this._decide(this._heard ?? methods)
      .then(answer)
      .catch(this._options.giveUp);
  };

  /**
   * The methods that the server says it would take next. ssh2 does not pass them on after a key of
   * an agent, but tells them to who debugs it.
   */
  hear(methods: readonly string[]): void {
    this._heard = methods;
  }

  /** Words of the server for the user; they stand above the next question. */
  banner(text: string): void {
    const all = `${this._banner}${text.trimEnd()}\n`.trimStart();
    this._banner = all.slice(0, MOST_WORDS);
  }

  /** Whether the user has answered something on this line. */
  get hasAsked(): boolean {
    return this._hasAsked;
  }

  /** The server cut the line for too many failures. True where keys have used them up, not answers. */
  wasCut(): boolean {
    const [last, { keys }] = [this._last, this._options];
    const isKey = last !== null && last !== 'none' && 'key' in last;
    if (isKey) {
      keys.refuse(last.key);
    }
    return !this._hasAsked && (isKey || this._refusedKeys > 0);
  }

  private async _decide(methods: readonly string[] | null): Promise<AnyAuthMethod> {
    const { hop } = this._options;
    if (this._last === null || methods === null) {
      this._last = 'none';
      return { type: 'none', username: hop.user };
    }
    this._judge(methods);
    this._offered = methods;
    for (const method of hop.methods.filter(method => methods.includes(method))) {
      const attempt =
        method === 'publickey'
          ? await this._tryKey()
          : method === 'password' || method === 'keyboard-interactive'
            ? await this._tryAsking(method)
            : null;
      if (attempt !== null) {
        return attempt;
      }
    }
    throw loginRefusal(hop, methods, {
      hasAsked: this._hasAsked,
      offeredKeys: this._offeredKeys.size,
      keyFault: this._options.keys.fault
    });
  }

  /** What became of the last attempt: other methods than before mean that it was a part of the way. */
  private _judge(methods: readonly string[]): void {
    const [last, { keys }] = [this._last, this._options];
    const isPartial = methods.join() !== this._offered.join();
    if (last === null || last === 'none') {
      return;
    }
    if ('key' in last) {
      if (isPartial) {
        keys.accept(last.key);
      } else {
        keys.refuse(last.key);
        this._refusedKeys++;
      }
    } else if (isPartial) {
      this._failures.clear();
    } else {
      // A method that asks nothing and fails would do so for ever.
      const more = last.isAsked ? 1 : Infinity;
      this._failures.set(last.method, (this._failures.get(last.method) ?? 0) + more);
    }
    this._again = !isPartial && !('key' in last) && last.isAsked;
  }

  private async _tryKey(): Promise<AnyAuthMethod | null> {
    const { hop, keys, atLeisure } = this._options;
    const next = await atLeisure(() => keys.next(this._offeredKeys, this._askPassphrase));
    if (next === null) {
      return null;
    }
    if (this._refusedKeys >= MOST_KEYS) {
      throw new FreshLineNeeded();
    }
    this._offeredKeys.add(next.key);
    this._last = { key: next.key };
    const agent = new OneKeyAgent(next.blob, (data, hash) =>
      atLeisure(() => next.key.sign(data, hash, this._askPassphrase)).catch((cause: unknown) => {
        try {
          keys.drop(next.key, cause);
        } catch (end) {
          this._options.giveUp(end);
        }
        throw cause;
      })
    );
    return { type: 'agent', username: hop.user, agent };
  }

  private readonly _askPassphrase: AskPassphrase = (file, again) => {
    return this._options.ask({
      title: this._options.hop.title,
      text: `Enter passphrase for key '${file}': `,
      kind: 'secret',
      hostKey: null,
      again
    });
  };

  private async _tryAsking(method: Asking): Promise<AnyAuthMethod | null> {
    const { user: username, title, passwordPrompts } = this._options.hop;
    if ((this._failures.get(method) ?? 0) >= passwordPrompts) {
      return null;
    }
    if (this._refusedKeys > MOST_KEYS_BEFORE_ASKING) {
      throw new FreshLineNeeded();
    }
    const last = { method, isAsked: false };
    this._last = last;
    if (method === 'password') {
      last.isAsked = true;
      const password = await this._ask(`${title}'s password: `, false);
      return { type: 'password', username, password };
    }
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _lang, prompts, finish) => {
        last.isAsked = true;
        this._askAll([name, instructions], prompts).then(finish).catch(this._options.giveUp);
      }
    };
  }

  private async _askAll(above: string[], prompts: Prompt[]): Promise<string[]> {
    above.filter(text => text.trim() !== '').forEach(text => this.banner(text));
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      answers.push(await this._ask(prompt, echo === true));
    }
    return answers;
  }

  private async _ask(text: string, isShown: boolean): Promise<string> {
    const { hop, ask } = this._options;
    const [above, again] = [this._banner, this._again];
    [this._banner, this._again, this._hasAsked] = ['', false, true];
    return ask({
      title: hop.title,
      text: `${above}${text}`,
      kind: isShown ? 'text' : 'secret',
      hostKey: null,
      again
    });
  }

  private _heard: readonly string[] | null = null;
  private _last: Attempt | null = null;
  private _offered: readonly string[] = [];
  private _banner = '';
  private _again = false;
  private _hasAsked = false;
  private _refusedKeys = 0;
  private readonly _offeredKeys = new Set<IKey>();
  private readonly _failures = new Map<Asking, number>();
}

import type { Question } from '../../asker';

/** How ssh asks about a key that it does not know; the host cannot speak before that is settled. */
const HOST = /^The authenticity of host '([^']*)' can't be established\.$/m;
const KEY = /^(\S+) key fingerprint is ((?:SHA256|MD5):\S+?)\.?$/m;
const CHOICE = /\(yes\/no(?:\/\[fingerprint\])?\)\? *$/;

/** What a question needs beside its text. */
export interface IQuestionFacts {
  /** Such as hepuser@lxplus.cern.ch. */
  readonly title: string;
  /** The file that takes the key on yes. */
  readonly knownHosts: string;
  /** How often this very text was asked before in this login. */
  readonly before: number;
}

/**
 * What ssh asks, by its text alone: it says nothing else. Only the question about a host key has a
 * form of its own; all others are shown as they are, and what is typed is a secret.
 */
export function toQuestion(text: string, facts: IQuestionFacts): Question {
  const { title, knownHosts, before } = facts;
  const [, host] = HOST.exec(text) ?? [];
  const [, algorithm, fingerprint] = KEY.exec(text) ?? [];
  const isHostKey =
    text.startsWith('The authenticity of host ') &&
    host !== undefined &&
    algorithm !== undefined &&
    fingerprint !== undefined &&
    CHOICE.test(text);
  return {
    title,
    text,
    again: before > 0,
    ...(isHostKey
      ? { kind: 'host-key', hostKey: { host, algorithm, fingerprint, file: knownHosts } }
      : { kind: 'secret', hostKey: null })
  };
}

import type { IPart } from './parts';

/** It is there, it is not, or nobody could tell; as the contract has it. */
export type Finding<T> =
  | ({ state: 'found' } & T)
  | { state: 'absent'; reason: string }
  | { state: 'unknown'; reason: string };

/** The longest reason that is told. */
const LONGEST = 200;

/** It is not there. */
export const absent = (reason: string) => ({ state: 'absent', reason }) as const;

/** Nobody could tell. */
export const unknown = (reason: string) => ({ state: 'unknown', reason }) as const;

/** A part that did not end. */
export const NO_ANSWER = unknown('There was no answer in time.');

/** What a program said last, as a reason; its exit status where it said nothing. */
export function wordsOf({ text, status }: IPart): string {
  const last = text.split('\n').at(-1)?.trim() ?? '';
  return last === '' ? `It ended with status ${status}.` : last.slice(0, LONGEST);
}

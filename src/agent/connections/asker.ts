import type { Prompt } from '../../contract';

/** What is asked, without what the list of prompts adds. */
export type Question = Pick<Prompt, 'title' | 'text' | 'kind' | 'hostKey' | 'again'>;

/**
 * Asks the user, wherever he looks: in the Lab, a cell or a terminal. Resolves with the answer;
 * null where he cancelled or did not answer in time. The answer is a secret: it is handed on and
 * kept nowhere.
 */
export type Ask = (question: Question, signal: AbortSignal) => Promise<string | null>;

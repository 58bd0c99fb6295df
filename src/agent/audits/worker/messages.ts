import type { IAnswer, IQuestion, IStep } from '../question';

/** What a worker thread is told: a dataset to answer for, or what the other host said when it asked. */
export type ToWorker =
  | { readonly kind: 'question'; readonly task: number; readonly question: IQuestion }
  | { readonly kind: 'said'; readonly ask: number; readonly said: Uint8Array }
  | { readonly kind: 'silent'; readonly ask: number; readonly why: string };

/** What it says: how far it is, what it wants to know of the other host, and at last the answer. */
export type FromWorker =
  | { readonly kind: 'step'; readonly task: number; readonly step: IStep }
  | { readonly kind: 'ask'; readonly task: number; readonly ask: number; readonly lines: string }
  | { readonly kind: 'answer'; readonly task: number; readonly answer: IAnswer };

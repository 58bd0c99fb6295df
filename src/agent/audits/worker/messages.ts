import type { IAnswer, IStep } from '../question';

/** What a worker thread says: how far it is, and at last the answer. */
export type FromWorker = { kind: 'step'; step: IStep } | { kind: 'answer'; answer: IAnswer };

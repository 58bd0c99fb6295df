import { createContext } from 'react';

/** Lets the user choose a folder on the host that the form leads to. */
export interface IChooseFolder {
  /** What the button says. */
  readonly words: string;
  /** What the button of a field is called. */
  readonly label: (field: string) => string;
  /** Null: nothing was chosen. */
  readonly ask: (start: string) => Promise<string | null>;
}

/** How a field of the form chooses a folder; null where no open connection leads there. */
export const ChooseFolder = createContext<IChooseFolder | null>(null);

import type { LossAdvice } from '../../contract';

/** What can be done from a card by name. */
export type CardVerb =
  | 'scale'
  | 'stop'
  | 'clean'
  | 'remove'
  | 'logs'
  | 'losses'
  | 'insert'
  | 'dashboards'
  | 'again'
  | 'report'
  | 'close-port';

/** What a card does; it knows neither commands nor an application. */
export interface IClusterActions {
  readonly run: (verb: CardVerb, id: string) => void;
  /** Whether dashboards can be shown here. */
  readonly hasDashboards: () => boolean;
  /** Follows an advice about a lost worker. */
  readonly advise: (id: string, advice: LossAdvice) => void;
  /** Opens a menu with the rest below the button; absent where there is no rest. */
  readonly more?: (id: string, button: HTMLElement) => void;
  /** The pointer went down where a card can be taken to a notebook. */
  readonly grab?: (id: string, event: PointerEvent) => void;
}

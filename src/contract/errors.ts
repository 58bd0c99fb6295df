import * as z from 'zod';

/** Every way the house says no, with its HTTP status; the list is closed. */
export const STATUS = {
  'bad-request': 400, // the question does not fit the contract
  denied: 403, // no permission, no ticket, no proxy, unknown host key
  'not-found': 404, // the named audit, file or dataset is not there
  conflict: 409, // true when the user looked, no longer true now
  refused: 422, // somebody else's program said no; its own words are in `message`
  cancelled: 499, // the user ended it before it was done
  corrupt: 500, // a file is not what its name claims
  internal: 500, // our bug
  unsupported: 501, // this machine, site or version cannot do it
  unreachable: 502, // nobody answered; nothing was done
  'connection-lost': 502, // the line to a host broke; nothing more is known until it is back
  'unknown-outcome': 502, // the line broke in the middle; it may have been done
  'timed-out': 504, // given up waiting before anything was changed
  'no-space': 507 // the disk or the quota is full
} as const;

/** One word of the closed list of failures. */
export type FailureCode = keyof typeof STATUS;

/** The closed list as an array, for schemas and for the pages of `docs/errors.md`. */
export const FAILURE_CODES = Object.keys(STATUS) as [FailureCode, ...FailureCode[]];

/** What travels: `message` says what, where and which value; `data.next` what the user can do. */
export const Failure = z.object({
  code: z.enum(FAILURE_CODES),
  message: z.string(),
  data: z.looseObject({ next: z.string() })
});
export type Failure = z.infer<typeof Failure>;

/**
 * The `Error` of the house; everything a user may see is one of these.
 * `data.next` is the next step in the user's words; `cause` keeps what was thrown beneath.
 */
export class HepbatchError extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly data: Failure['data'],
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'HepbatchError';
  }

  /** The error as it travels. */
  toFailure(): Failure {
    return { code: this.code, message: this.message, data: this.data };
  }
}

/** Any thrown value as what travels; what is not ours is `internal`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof HepbatchError) {
    return error.toFailure();
  }
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    data: { next: 'This is a fault of hepbatch: report it with the log of the agent.' }
  };
}

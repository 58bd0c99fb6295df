/** Tries after which a lost connection waits for the user. */
export const MOST_TRIES = 5;

const FIRST_MS = 2000;
const LONGEST_MS = 60_000;

/**
 * How long to wait before try number `tries` (from 0): 2 s doubling to 60 s, up to a fifth more or
 * less as `random` of [0, 1) has it, so that the users of a node that came back do not come at once.
 */
export function backOffMs(tries: number, random: number): number {
  return Math.round(Math.min(FIRST_MS * 2 ** tries, LONGEST_MS) * (0.8 + 0.4 * random));
}

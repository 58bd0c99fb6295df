import type { EventStream } from './event-stream';

/** The lock that a page shares with the others of its browser while its line is open. */
const LINE = 'hepbatch:events';

/** Lines that hidden pages may keep. */
const KEPT = 2;

/**
 * Lets the line of a hidden page rest where other pages have theirs. A browser opens six lines to a
 * server at most where that speaks HTTP/1.1, so that a sixth page of Lab would wait for ever. Some are
 * kept, since the agent ends when nobody listens; where pages cannot know of each other, all are.
 */
export async function restWhileHidden(stream: Pick<EventStream, 'rest' | 'goOn'>): Promise<void> {
  if (!('locks' in navigator)) {
    return; // the page came neither over HTTPS nor from this machine
  }
  const { locks } = navigator;
  const isHidden = () => document.hidden;
  let release: (() => void) | null = null;
  const hold = () =>
    new Promise<void>(resolve => {
      const isOver = locks.request(LINE, { mode: 'shared' }, () => {
        resolve();
        return new Promise<void>(over => (release = over));
      });
      isOver.catch(resolve); // without a lock this page counts for none, and its line stays
    });
  const look = async () => {
    if (!isHidden() && release === null) {
      await hold();
    } else if (isHidden() && release !== null) {
      const { held = [] } = await locks.query();
      if (held.filter(({ name }) => name === LINE).length > KEPT && isHidden()) {
        release();
        release = null;
        stream.rest();
      }
    }
  };
  let last = hold().then(look);
  document.addEventListener('visibilitychange', () => {
    if (!isHidden()) {
      stream.goOn(); // whatever becomes of the locks
    }
    last = last.then(look).catch(() => undefined);
  });
  await last;
}

import { Transform } from 'node:stream';

/** Path of our style sheet for the info pages, which no dashboard has. */
export const INFO_STYLE_PATH = 'hepbatch-info.css';

/**
 * The info pages ask for things outside of the dashboard: their own statics one folder too high,
 * and a style sheet of another site. All of them lie two folders deep.
 */
const REPLACED: readonly (readonly [from: string, to: string])[] = [
  // With its quotation mark, so that no replacement makes a new text to replace.
  ['"../../../statics/', '"../../statics/'],
  [
    'https://cdnjs.cloudflare.com/ajax/libs/bulma/0.6.0/css/bulma.min.css',
    `../../${INFO_STYLE_PATH}`
  ]
];

/** So much of a piece waits for the next one, in which the text to replace may go on. */
const KEPT = Math.max(...REPLACED.map(([from]) => from.length)) - 1;

/** Whether that is an info page. */
export function isInfoPage(path: string): boolean {
  return /^info\/[^/]+\/[^/]+$/.test(path);
}

/** Mends an info page while it passes; all else of it stays as it is, byte for byte. */
export function mendInfoPage(): Transform {
  let waiting = '';
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      // One character a byte: whatever the encoding of the page is, it comes out unchanged.
      const text = mend(waiting + piece.toString('latin1'));
      waiting = text.slice(Math.max(0, text.length - KEPT));
      done(null, Buffer.from(text.slice(0, text.length - waiting.length), 'latin1'));
    },
    flush: done => done(null, Buffer.from(waiting, 'latin1'))
  });
}

function mend(text: string): string {
  return REPLACED.reduce((mended, [from, to]) => mended.replaceAll(from, to), text);
}

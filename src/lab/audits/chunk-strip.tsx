import type { TranslationBundle } from '@jupyterlab/translation';
import type { FileRow } from '../../contract';
import { holes } from './strip';
import type { IPiece, IStrip, PieceKind } from './strip';

/** Width of a strip in its own units. */
const WIDTH = 1000;

/** The chunks of one variation over the events of a file, with the same in words. */
export function ChunkStrip({
  strip,
  trans
}: {
  readonly strip: IStrip;
  readonly trans: TranslationBundle;
}) {
  const { variation, end, pieces } = strip;
  const words = pieceWords(trans);
  const faults = pieces.filter(({ kind }) => kind !== 'valid' && kind !== 'covered');
  const text =
    pieces.length === 0
      ? trans.__('no events')
      : faults.length === 0
        ? trans.__('%1 events, all there', end.toLocaleString())
        : faults
            .slice(0, 12)
            .map(piece => `${rangeWords(piece)} ${words[piece.kind]}`)
            .join(', ') + (faults.length > 12 ? ', …' : '');
  return (
    <figure className="jp-hepbatch-Strip">
      <figcaption>
        <b>{variation}</b> <span className="jp-hepbatch-Hint">{text}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} 20`}
        preserveAspectRatio="none"
        role="img"
        aria-label={trans.__('Chunks of %1: %2', variation, text)}
      >
        {ordered(pieces).map(piece => (
          <Piece key={piece.start} piece={piece} end={end} word={words[piece.kind]} />
        ))}
      </svg>
      <div className="jp-hepbatch-Strip-scale" aria-hidden="true">
        <span>0</span>
        <span>{end.toLocaleString()}</span>
      </div>
    </figure>
  );
}

/** What is absent of one file, small enough for a row of a table. */
export function MissingStrip({
  row,
  trans
}: {
  readonly row: FileRow;
  readonly trans: TranslationBundle;
}) {
  if (row.chunks === 0 && row.missing.length === 0) {
    return null;
  }
  const absent = row.missing.reduce((sum, [start, stop]) => sum + stop - start, 0);
  const text =
    absent === 0
      ? trans.__('No range is absent.')
      : trans.__('%1 events in %2 ranges are absent.', absent.toLocaleString(), row.missing.length);
  return (
    <svg
      className={`jp-hepbatch-MissingStrip jp-mod-${row.status}`}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
    >
      <title>{text}</title>
      <rect className="jp-mod-valid" width="100" height="10" />
      {holes(row.missing, row.expected).map(({ left, width }) => (
        <rect
          key={left}
          className="jp-mod-hole"
          x={Math.min(100 * left, 98.5)}
          width={100 * width}
          height="10"
        />
      ))}
    </svg>
  );
}

function Piece(props: { readonly piece: IPiece; readonly end: number; readonly word: string }) {
  const { piece, end, word } = props;
  const { start, stop, kind, chunks } = piece;
  const fine = kind === 'valid' || kind === 'covered';
  const scale = WIDTH / end;
  // Faults have a least width, so that they are seen however small they are.
  const width = fine ? (stop - start) * scale : Math.max((stop - start) * scale, 4);
  return (
    <rect
      className={`jp-mod-${kind}`}
      x={Math.min(start * scale, WIDTH - 4)}
      y={kind === 'hole' ? 6 : kind === 'overlap' ? 0 : 2}
      width={width}
      height={kind === 'hole' ? 8 : kind === 'overlap' ? 20 : 16}
    >
      <title>{[`${rangeWords(piece)}: ${word}`, ...chunks.slice(0, 10)].join('\n')}</title>
    </rect>
  );
}

/** Faults are drawn last, over what stands beside them. */
function ordered(pieces: readonly IPiece[]): IPiece[] {
  const rank = ({ kind }: IPiece) => (kind === 'valid' || kind === 'covered' ? 0 : 1);
  return [...pieces].sort((a, b) => rank(a) - rank(b));
}

function rangeWords({ start, stop }: IPiece): string {
  return `${start.toLocaleString()}–${stop.toLocaleString()}`;
}

function pieceWords(trans: TranslationBundle): Record<PieceKind, string> {
  return {
    valid: trans.__('there'),
    covered: trans.__('there, chunk not checked'),
    truncated: trans.__('in a truncated chunk'),
    overlap: trans.__('counted twice'),
    hole: trans.__('absent'),
    beyond: trans.__('more than expected')
  };
}

const WIDTH = 160;
const HEIGHT = 32;

/** Numbers over time as a line, below the line of their limit; the words beside it say the same. */
export function Sparkline(props: {
  readonly samples: readonly number[];
  readonly limit: number | null;
}) {
  const { samples, limit } = props;
  if (samples.length < 2) {
    return null;
  }
  const top = Math.max(...samples, limit ?? 0, 1);
  const y = (value: number) => HEIGHT - 1 - (value / top) * (HEIGHT - 2);
  const points = samples.map((value, i) => `${(i / (samples.length - 1)) * WIDTH},${y(value)}`);
  return (
    <svg
      className="jp-hepbatch-Sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      {limit !== null && <line x1={0} x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
      <polyline points={points.join(' ')} />
    </svg>
  );
}

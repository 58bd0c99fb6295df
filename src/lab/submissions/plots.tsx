import { useEffect, useRef, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
// This module itself is loaded when the plots are opened.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { SubmissionJob } from '../../contract';
import { histogram } from './histogram';
import type { ILimits } from './limits';
import { jobsWords } from './words';

const HEIGHT = 180;

/** Grows when the theme of the page changes, so that what has its colours is drawn again. */
function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const watch = new MutationObserver(() => setChanges(count => count + 1));
    watch.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    return () => watch.disconnect();
  }, []);
  return changes;
}

/** Wall time and memory of the jobs against what was asked for. */
export function Plots(props: {
  readonly jobs: readonly SubmissionJob[];
  /** As it was asked for at first; a job that tells of more was retried with that. */
  readonly limits: ILimits;
  readonly trans: TranslationBundle;
}) {
  const { jobs, limits, trans } = props;
  const { seconds } = limits;
  const minutes = jobs.flatMap(({ wallSeconds }) => (wallSeconds === null ? [] : wallSeconds / 60));
  const used = jobs.flatMap(({ memoryMb }) => memoryMb ?? []);
  const asked = jobs.reduce<number | null>(
    (most, { requestedMemoryMb: one }) => (one === null ? most : Math.max(most ?? 0, one)),
    limits.memoryMb
  );
  return (
    <div className="jp-hepbatch-Plots">
      <Histogram
        title={trans.__('Wall time (min)')}
        values={minutes}
        limit={seconds === null ? null : seconds / 60}
        trans={trans}
      />
      <Histogram title={trans.__('Memory (MB)')} values={used} limit={asked} trans={trans} />
    </div>
  );
}

function Histogram(props: {
  readonly title: string;
  readonly values: readonly number[];
  readonly limit: number | null;
  readonly trans: TranslationBundle;
}) {
  const { title, values, limit, trans } = props;
  const node = useRef<HTMLDivElement>(null);
  const counted = histogram(values, limit);
  const theme = useTheme();
  const seen = JSON.stringify([counted, limit, theme]);
  useEffect(() => {
    const place = node.current;
    if (place === null || counted === null) {
      return;
    }
    const width = () => Math.max(place.clientWidth, 160);
    const style = getComputedStyle(place);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const ink = colour('--jp-ui-font-color1');
    const axis = { stroke: ink, grid: { stroke: colour('--jp-border-color2'), width: 1 } };
    const bars = uPlot.paths.bars?.({ size: [0.9], align: 1 });
    const plot = new uPlot(
      {
        width: width(),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, top) => [0, top * 1.1] } },
        axes: [axis, { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 1000, 10_000] }],
        series: [
          {},
          {
            label: title,
            fill: colour('--jp-brand-color1'),
            ...(bars !== undefined && { paths: bars }),
            points: { show: false }
          }
        ],
        hooks: {
          draw: [drawn => limit !== null && drawLine(drawn, limit, colour('--jp-error-color1'))]
        }
      },
      [
        [...counted.starts, counted.starts.length * counted.width],
        [...counted.counts, 0]
      ],
      place
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT }));
    watch.observe(place);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
    // What is drawn is all in `seen`.
  }, [seen, title]);
  const words =
    values.length === 0
      ? trans.__('not known yet')
      : limit === null
        ? trans.__('of %1', jobsWords(values.length, trans))
        : trans.__(
            'of %1; the line is what was asked for: %2',
            jobsWords(values.length, trans),
            Math.round(limit).toLocaleString()
          );
  return (
    <figure aria-label={`${title}: ${words}`}>
      <figcaption>
        <strong>{title}</strong> <span className="jp-hepbatch-Hint">{words}</span>
      </figcaption>
      <div ref={node} />
    </figure>
  );
}

function drawLine(plot: uPlot, at: number, colour: string): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at, 'x', true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

import classes from './sparkline.module.css';

interface SparklineProps {
  /** Evenly spaced, oldest first. */
  readonly values: readonly number[];
  /** What the line shows, in words and numbers. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** The shape of a series beside its number; its scale starts at zero. */
export function Sparkline({ values, label, width = 96, height = 22 }: SparklineProps) {
  const line = linePath(values, width, height);
  return (
    <svg
      className={classes.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
    >
      {line !== '' && <path className={classes.area} d={`${line}L${width} ${height}L0 ${height}Z`} />}
      {line !== '' && <path className={classes.line} d={line} />}
    </svg>
  );
}

function linePath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const top = Math.max(...values);
  const usable = height - 3;
  const step = width / (values.length - 1);
  return values
    .map((value, index) => {
      const y = top > 0 ? height - 1.5 - (value / top) * usable : height - 1.5;
      return `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

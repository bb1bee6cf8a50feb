import { Bone } from '@/ui/states';
import classes from './chart.module.css';

/** The lines a chart is drawn on, while its values are on the way; as high as the chart will be. */
export function ChartBone({ height = 120, legend = false }: { height?: number; legend?: boolean }) {
  return (
    <div aria-hidden="true">
      {legend && (
        <div className={classes.legend}>
          <Bone width={72} height={10} />
        </div>
      )}
      <Gridlines height={height} />
    </div>
  );
}

export function Gridlines({ height }: { height: number | '100%' }) {
  return (
    <div className={classes.bone} style={{ height }}>
      <i />
    </div>
  );
}

import { ChartBone } from '@/charts/chart-bone';
import { Card } from '@/ui/card';
import { Bone, BoneLines } from '@/ui/states';
import shareClasses from './share-chart.module.css';
import splitClasses from './split-card.module.css';
import stickyClasses from './sticky-editor.module.css';
import classes from './traffic-split-editor.module.css';
import rowClasses from './version-row.module.css';

/** The editor's true shape, with the two versions that most splits are between. */
export function EditorSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label="Loading the split">
      <div className={classes.columns}>
        <Card title="Split between versions" aside="observed over the last minute">
          <RowBone />
          <RowBone />
          <dl className={splitClasses.bars}>
            {['Now', 'After', 'Observed'].map((name) => (
              <BarBone key={name} name={name} />
            ))}
          </dl>
          <div className={stickyClasses.sticky} aria-hidden="true">
            <div className={stickyClasses.fields}>
              <div>
                <BoneLines widths={[150]} />
                <Bone height={30} />
              </div>
            </div>
            <div className={stickyClasses.now}>
              <BoneLines widths={['60%']} />
            </div>
          </div>
        </Card>
        <Card title="What this will do">
          <BoneLines widths={['92%', '64%']} />
        </Card>
      </div>
      <Card title="Observed share and errors">
        <div className={shareClasses.charts}>
          <div>
            <h3>Share</h3>
            <ChartBone height={180} legend />
          </div>
          <div>
            <h3>Errors</h3>
            <ChartBone height={180} legend />
          </div>
        </div>
      </Card>
    </div>
  );
}

function RowBone() {
  return (
    <div className={rowClasses.row} aria-hidden="true">
      <div className={rowClasses.name}>
        <BoneLines widths={[36, 128]} />
      </div>
      <div className={rowClasses.slider}>
        <Bone height={6} />
      </div>
      <div className={rowClasses.number}>
        <Bone height={30} />
      </div>
      <div className={rowClasses.observed}>
        <BoneLines widths={[48, 40]} />
      </div>
    </div>
  );
}

function BarBone({ name }: { name: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Bone height={8} />
      </dd>
    </>
  );
}

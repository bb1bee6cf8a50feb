import { ChartBone } from '@/charts/chart-bone';
import { Card } from '@/ui/card';
import { PageHeader } from '@/ui/page-header';
import { Bone, BoneLines } from '@/ui/states';
import figureClasses from './rollout-figures.module.css';
import classes from './rollout-page.module.css';
import railClasses from './steps-rail.module.css';

const steps = ['48%', '72%', '60%', '44%', '70%', '52%'];

/** The page's true shape while it loads: the rail, the three figures, verdicts and what was done. */
export function RolloutSkeleton() {
  return (
    <div role="status" aria-label="Loading the rollout">
      <PageHeader trail={<BoneLines widths={[140]} />} title={<Bone width={220} height={26} />} />
      <div className={classes.columns}>
        <div className={classes.rail}>
          <Card title="Steps">
            <ol className={railClasses.rail} aria-hidden="true">
              {steps.map((width) => (
                <li key={width} className={railClasses.step}>
                  <span className={railClasses.dot} />
                  <BoneLines widths={[width, '80%']} />
                </li>
              ))}
            </ol>
          </Card>
        </div>
        <div className={classes.facts}>
          <div className={figureClasses.cards}>
            {['Success', 'p95', 'Share'].map((name) => (
              <Card key={name}>
                <div className={figureClasses.name}>{name}</div>
                <div className={figureClasses.value}>
                  <Bone width={120} height={20} />
                </div>
                <div className={figureClasses.note}>&nbsp;</div>
                <ChartBone height={84} legend />
              </Card>
            ))}
          </div>
          <Card title="Verdicts">
            <BoneLines widths={['94%', '88%', '91%', '86%']} spaced />
          </Card>
          <Card title="Timeline">
            <BoneLines widths={['52%', '64%', '38%']} spaced />
          </Card>
        </div>
      </div>
    </div>
  );
}

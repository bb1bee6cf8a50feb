import { ChartBone } from '@/charts/chart-bone';
import { Card, Stat } from '@/ui/card';
import { Bone, BoneLines } from '@/ui/states';
import classes from './service-detail.module.css';

const stats = ['req/s', 'success', 'p50', 'p95', 'p99', 'instances'];
const charts = ['Requests', 'Errors', 'p95', 'p50, p95 and p99 of all versions'];

/** The page's true shape while it loads. */
export function ServiceSkeleton() {
  return (
    <div className={classes.detail} role="status" aria-label="Loading the service">
      <Card>
        <div className={classes.stats}>
          {stats.map((label) => (
            <Stat key={label} value={<Bone width={52} height={20} />} label={label} />
          ))}
          <dl className={classes.facts}>
            <dt>Protocol</dt>
            <dd>
              <BoneLines widths={[150]} />
            </dd>
            <dt>Owner</dt>
            <dd>
              <BoneLines widths={[90]} />
            </dd>
            <dt>Identity</dt>
            <dd>
              <BoneLines widths={[210]} />
            </dd>
          </dl>
        </div>
      </Card>
      <div className={classes.octopus}>
        <Card title="Callers">
          <BoneLines widths={['60%', '44%']} />
        </Card>
        <Card title="Traffic">
          <div className={classes.charts}>
            {charts.map((name) => (
              <section key={name}>
                <h3>{name}</h3>
                <ChartBone legend />
              </section>
            ))}
          </div>
        </Card>
        <Card title="Calls">
          <BoneLines widths={['60%', '44%']} />
        </Card>
      </div>
    </div>
  );
}

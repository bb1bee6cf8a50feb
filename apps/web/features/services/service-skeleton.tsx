import { Card } from '@/ui/card';
import { Bone } from '@/ui/states';
import classes from './service-detail.module.css';

/** The page's true shape while it loads. */
export function ServiceSkeleton() {
  return (
    <div className={classes.detail} role="status" aria-label="Loading the service">
      <Card>
        <Bone width="60%" height={44} />
      </Card>
      <div className={classes.octopus}>
        <Card title="Callers">
          <Bone height={64} />
        </Card>
        <Card title="Traffic">
          <Bone height={320} />
        </Card>
        <Card title="Calls">
          <Bone height={64} />
        </Card>
      </div>
    </div>
  );
}

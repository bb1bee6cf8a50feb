import { Card } from '@/ui/card';
import { Bone, BoneLines } from '@/ui/states';
import classes from './access-rule-editor.module.css';
import fieldClasses from './access-rule-fields.module.css';

/** The editor's true shape. */
export function AccessRuleSkeleton({ isDefault }: { isDefault: boolean }) {
  return (
    <div className={classes.page} role="status" aria-label="Loading the rule">
      <div className={classes.columns}>
        <div className={classes.main}>
          <Card title={isDefault ? 'Services without a rule may be called by' : 'May be called by'}>
            <div className={fieldClasses.choices}>
              {[...(isDefault ? [] : ['52%']), '34%', '38%', '30%'].map((width) => (
                <BoneLines key={width} widths={[width, `calc(${width} + 40px)`]} />
              ))}
            </div>
          </Card>
          <Card title={isDefault ? 'Calls to these services' : 'Called by'}>
            <BoneLines widths={['64%', '58%']} spaced />
          </Card>
        </div>
        <Card title="What this will do">
          <BoneLines widths={['92%', '64%']} />
          <Bone height={92} />
        </Card>
      </div>
    </div>
  );
}

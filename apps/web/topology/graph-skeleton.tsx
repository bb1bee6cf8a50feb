import { Bone } from '@/ui/states';
import classes from './graph-skeleton.module.css';

/** How many services stand in each column of a mesh of ordinary shape. */
const columns = [1, 1, 4, 3];

/** A graph to come: nodes from left to right, and no lines, for nobody knows yet who calls whom. */
export function GraphSkeleton({ words }: { words: string }) {
  return (
    <div className={classes.skeleton} role="status">
      <div className={classes.columns} aria-hidden="true">
        {columns.map((nodes, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change
          <div key={column} className={classes.column}>
            {Array.from({ length: nodes }, (_, node) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: nor do the nodes in them
              <Bone key={node} width={152} height={44} />
            ))}
          </div>
        ))}
      </div>
      <p className={classes.words}>{words}</p>
    </div>
  );
}

import type { RouterOutputs } from '@tulle/api/router-types';
import { countOf } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';
import { RelativeTime } from '@/ui/time';
import classes from './service-behaviour.module.css';

type Behaviour = RouterOutputs['services']['get']['behaviour'];

/** Which rules hold for requests to a service and which policy is in force, and where that is not the default; `service` where the page is of something else. */
export function ServiceBehaviour({ behaviour, service }: { behaviour: Behaviour; service?: string }) {
  const { rules, ruleCount, rulesChanged, sticky, policy, policyChanged } = behaviour;
  return (
    <Card
      title="Routes and policy"
      aside={
        service === undefined ? (
          <a href="#yaml" className={classes.yaml}>
            As YAML
          </a>
        ) : (
          <>of {service}</>
        )
      }
    >
      <div className={classes.parts}>
        <section>
          <Heading text={ruleCount === 0 ? 'Rules' : countOf(ruleCount, 'rule')} changed={rulesChanged} />
          {ruleCount === 0 && <p className={classes.none}>No rules: all requests follow the split.</p>}
          {sticky !== null && <p className={classes.sticky}>A caller stays with its version {sticky}.</p>}
          <ol className={classes.list}>
            {rules.map(({ title, when, does }) => (
              <li key={`${title} ${when.join()}`}>
                <span className={classes.name}>{title}</span>{' '}
                {title !== when.join(' or ') && <span className={classes.when}>{when.join(' or ')}</span>}{' '}
                <span>→ {does.join(', ')}</span>
              </li>
            ))}
            {ruleCount > rules.length && (
              <li className={classes.none}>and {ruleCount - rules.length} more, in the YAML below</li>
            )}
          </ol>
        </section>
        <section>
          <Heading text="Policy" changed={policyChanged} />
          {policyChanged === null && <p className={classes.none}>The defaults of the mesh.</p>}
          <dl className={classes.policy}>
            {policy.map((part) => (
              <PolicyPart key={part.title} part={part} />
            ))}
          </dl>
        </section>
      </div>
    </Card>
  );
}

/** What somebody has set stands out from what is so by default. */
function PolicyPart({ part: { title, words, isSet, unusual } }: { part: Behaviour['policy'][number] }) {
  return (
    <div data-set={isSet}>
      <dt>{title}</dt>
      <dd>
        {words.join(' · ')}
        {unusual.map(({ field, value, usual }) => (
          <span key={`${field} ${value}`} className={classes.set}>
            <span className={classes.field}>{field}</span> {value}
            {usual !== null && <> instead of {usual}</>}
          </span>
        ))}
      </dd>
    </div>
  );
}

function Heading({ text, changed }: { text: string; changed: Behaviour['rulesChanged'] }) {
  return (
    <div className={classes.head}>
      <h3>{text}</h3>
      {changed !== null && (
        <span className={classes.none}>
          <MeshLink href={paths.change(changed.revision)}>r{changed.revision}</MeshLink> by {changed.author},{' '}
          <RelativeTime at={changed.at} />
        </span>
      )}
    </div>
  );
}

'use client';

import { Button } from '@mantine/core';
import { admits, allowInForce, everyone } from '@tulle/mesh/access-rule';
import { countOf, formatRate } from '@tulle/mesh/format';
import { StatusTag } from '@/ui/status-tag';
import { type AccessDraft, type AccessView, allowOf, nameCallers } from './access-draft';
import classes from './observed-callers.module.css';

type Call = AccessView['callers'][number];

/** The busiest; more would be a list that nobody reads. */
const mostShown = 50;

/** Who called, how often, and what the draft would mean for each. */
export function ObservedCallers({
  view,
  draft,
  onEdit,
}: {
  view: AccessView;
  draft: AccessDraft;
  onEdit: (change: (draft: AccessDraft) => AccessDraft) => void;
}) {
  const after = view.isEnforced ? allowInForce(allowOf(draft), view.byDefault?.allow ?? null) : [everyone];
  const isDefault = view.service === everyone;
  const rest = view.callers.length - mostShown;
  if (view.callers.length === 0)
    return <p className={classes.quiet}>{isDefault ? 'Nobody called them.' : 'Nobody called it.'}</p>;
  return (
    <ul className={classes.list}>
      {view.callers.slice(0, mostShown).map((call) => {
        const willBe = admits(after, call.caller);
        return (
          <li key={`${call.caller} ${call.service}`} className={classes.call}>
            <span className={classes.name}>
              {call.caller}
              {isDefault && <span className={classes.quiet}> → {call.service}</span>}
            </span>
            <span className={classes.rate}>{formatRate(call.ratePerSecond)}</span>
            <span className={classes.state}>
              <State call={call} isNow={call.isAllowed || !view.isEnforced} willBe={willBe} />
            </span>
            {draft.choice === 'some' && !willBe && (
              <Button
                aria-label={`Allow ${call.caller}`}
                onClick={() => onEdit((current) => nameCallers(current, [...current.names, call.caller]))}
              >
                Allow
              </Button>
            )}
          </li>
        );
      })}
      {rest > 0 && <li className={classes.quiet}>and {countOf(rest, 'more call')}</li>}
    </ul>
  );
}

function State({
  call: { refusedPerSecond },
  isNow,
  willBe,
}: {
  call: Call;
  isNow: boolean;
  willBe: boolean;
}) {
  if (isNow && !willBe) return <StatusTag tone="warn">would be refused</StatusTag>;
  if (!isNow && willBe) return <StatusTag tone="accent">would be let in</StatusTag>;
  if (!isNow) return <StatusTag tone="bad">refused</StatusTag>;
  // What was refused before the rule let it in.
  if (refusedPerSecond > 0) return <span className={classes.quiet}>let in, refused before</span>;
  return <span className={classes.quiet}>let in</span>;
}

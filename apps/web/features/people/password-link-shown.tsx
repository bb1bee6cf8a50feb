'use client';

import { Button } from '@mantine/core';
import type { RouterOutputs } from '@tulle/api/router-types';
import { CommandLine } from '@/ui/command-line';
import { RelativeTime } from '@/ui/time';
import classes from './people.module.css';

interface PasswordLinkShownProps {
  readonly link: RouterOutputs['people']['passwordLink'];
  readonly name: string;
  readonly onDone: () => void;
}

/** The link, this once, for whoever hands it over. */
export function PasswordLinkShown({ link, name, onDone }: PasswordLinkShownProps) {
  return (
    <div className={classes.form}>
      <p>
        Give this link to {name}, by a way that nobody else reads. Whoever opens it sets the password, once;
        it expires <RelativeTime at={link.expiresAt} />. It is shown only here and only now.
      </p>
      <CommandLine text={link.url} label="link" />
      <div className={classes.buttons}>
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}

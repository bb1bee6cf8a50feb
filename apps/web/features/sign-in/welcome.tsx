'use client';

import { Button, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { welcome, welcomeState } from './auth-client';
import { Entrance } from './entrance';
import { WelcomeForm } from './welcome-form';

type State = Awaited<ReturnType<typeof welcomeState>> | 'asking';

/** Where the one-time link leads: makes the first account, or signs the administrator in. */
export function Welcome({ token }: { token: string }) {
  const [state, setState] = useState<State>(token === '' ? 'spent' : 'asking');
  useEffect(() => {
    if (state === 'asking') void welcomeState(token).then(setState);
  }, [token, state]);

  if (state === 'first-admin') return <WelcomeForm token={token} />;
  if (state === 'known-admin') return <EnterAgain token={token} />;
  if (state === 'spent') {
    return (
      <Entrance
        title="This link no longer works"
        hint="It works once, within an hour. Restart the server for a new one, or sign in with your password."
      >
        <MeshLink href={paths.signIn()}>Sign in instead</MeshLink>
      </Entrance>
    );
  }
  if (state === 'unreachable') {
    return (
      <Entrance title="The server does not answer" hint="Check that it is running.">
        <Button onClick={() => setState('asking')}>Try again</Button>
      </Entrance>
    );
  }
  return (
    <Entrance title="One moment">
      <Loader aria-label="Checking the link" />
    </Entrance>
  );
}

/** A button, not a visit, spends the link: previews and prefetching browsers must not. */
function EnterAgain({ token }: { token: string }) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function enter() {
    setBusy(true);
    const answer = await welcome(token);
    if (answer === undefined) return window.location.assign(paths.topology());
    setProblem(answer);
    setBusy(false);
  }

  return (
    <Entrance title="Welcome back" hint={problem ?? 'This link signs the administrator in, once.'}>
      <Button variant="filled" size="sm" loading={busy} onClick={() => void enter()} autoFocus fullWidth>
        Open the mesh
      </Button>
    </Entrance>
  );
}

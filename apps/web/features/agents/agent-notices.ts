import { countOf } from '@tulle/mesh/format';
import type { Agent } from './agent-words';

export interface AgentNotice {
  readonly tone: 'warn' | 'bad' | undefined;
  readonly title: string;
  readonly text: string;
}

/** What notices are made of. */
type Noticed = Pick<
  Agent,
  'agentVersion' | 'config' | 'connected' | 'draining' | 'leftAt' | 'localHealthy' | 'revokedAt'
>;

/** What somebody should know of an agent before its figures, the most pressing first; `newest` is the mesh's revision. */
export function agentNotices(agent: Noticed, all: readonly Noticed[], newest: number): AgentNotice[] {
  const { config, connected, draining, leftAt, localHealthy, revokedAt } = agent;
  if (revokedAt !== null)
    return [notice(undefined, 'Revoked', 'The API and its peers refuse its certificates.')];
  if (leftAt !== null)
    return [notice(undefined, 'Left', 'It has shut down cleanly; callers send it nothing more.')];
  const notices: AgentNotice[] = [];
  if (config.state === 'rejected')
    notices.push(
      notice(
        'bad',
        'It refused the newest configuration',
        `It still serves revision ${config.revision}; its reason: ${config.reason ?? 'none given'}`,
      ),
    );
  if (!connected)
    notices.push(
      notice(
        'warn',
        'It has no connection to the API',
        'It serves with the configuration it has; no change reaches it.',
      ),
    );
  else if (config.state === 'behind')
    notices.push(
      notice(
        'warn',
        'It does not have the newest configuration yet',
        `It serves revision ${config.revision}; the mesh is at ${newest}.`,
      ),
    );
  if (!localHealthy)
    notices.push(
      notice('bad', 'Its service does not answer', 'Callers use other instances, if there are any.'),
    );
  if (draining)
    notices.push(
      notice(undefined, 'Draining', 'Callers send it nothing new, and it finishes what is in flight.'),
    );
  return [...notices, ...versionNotice(agent, all)];
}

/** Agents of one mesh should be of one version; the one that most run is taken for it. */
function versionNotice({ agentVersion }: Noticed, all: readonly Noticed[]): AgentNotice[] {
  const present = all.filter(({ revokedAt, leftAt }) => revokedAt === null && leftAt === null);
  const byVersion = Map.groupBy(present, (each) => each.agentVersion);
  const [usual] = [...byVersion].sort(([, left], [, right]) => right.length - left.length);
  if (usual === undefined || usual[0] === agentVersion || usual[1].length * 2 <= present.length) return [];
  return [
    notice(
      undefined,
      `It runs version ${agentVersion} of the agent`,
      `${countOf(usual[1].length, 'agent')} of ${present.length} run ${usual[0]}.`,
    ),
  ];
}

function notice(tone: AgentNotice['tone'], title: string, text: string): AgentNotice {
  return { tone, title, text };
}

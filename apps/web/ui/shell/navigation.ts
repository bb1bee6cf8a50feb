import {
  type Icon,
  IconArrowsSplit2,
  IconCpu,
  IconHistory,
  IconLockAccess,
  IconServer2,
  IconSettings,
  IconShare,
  IconShieldCheck,
  IconStairsUp,
} from '@tabler/icons-react';
import { paths } from '@/paths';

export interface Destination {
  readonly name: string;
  readonly path: string;
  readonly icon: Icon;
}

export const destinations: readonly Destination[] = [
  { name: 'Topology', path: paths.topology(), icon: IconShare },
  { name: 'Services', path: paths.services(), icon: IconServer2 },
  { name: 'Traffic', path: paths.trafficSplits(), icon: IconArrowsSplit2 },
  { name: 'Rollouts', path: paths.rollouts(), icon: IconStairsUp },
  { name: 'Certificates', path: paths.certificates(), icon: IconShieldCheck },
  { name: 'Access', path: paths.accessRules(), icon: IconLockAccess },
  { name: 'Agents', path: paths.agents(), icon: IconCpu },
  { name: 'Changes', path: paths.changes(), icon: IconHistory },
  { name: 'Settings', path: paths.settings(), icon: IconSettings },
];

/** The destination a path belongs to. */
export function isAt(pathname: string, { path }: Destination): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`);
}

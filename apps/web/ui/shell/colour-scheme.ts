import { type Icon, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

export const schemeIcons: readonly {
  readonly scheme: 'light' | 'dark' | 'auto';
  readonly name: string;
  readonly icon: Icon;
}[] = [
  { scheme: 'light', name: 'Light', icon: IconSun },
  { scheme: 'dark', name: 'Dark', icon: IconMoon },
  { scheme: 'auto', name: 'Same as the system', icon: IconDeviceDesktop },
];

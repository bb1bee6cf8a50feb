import { parseAsStringLiteral } from 'nuqs/server';

/** Also read by the server, which fetches what the tab shows first. */
export const settingsTabs = ['people', 'tokens', 'account', 'mesh'] as const;
export type SettingsTab = (typeof settingsTabs)[number];

export const tabParser = parseAsStringLiteral(settingsTabs).withDefault('people');

'use client';

import { Tabs } from '@mantine/core';
import { parseAsString, useQueryStates } from 'nuqs';
import { AccountSection } from '@/features/account/account-section';
import { ApiTokensSection } from '@/features/api-tokens/api-tokens-section';
import { MeshFactsSection } from '@/features/mesh-facts/mesh-facts-section';
import { PeopleSection } from '@/features/people/people-section';
import { PageHeader } from '@/ui/page-header';
import classes from './settings-page.module.css';
import { type SettingsTab, settingsTabs, tabParser } from './settings-tab';

const names: Readonly<Record<SettingsTab, string>> = {
  people: 'People',
  tokens: 'API tokens',
  account: 'Your account',
  mesh: 'This mesh',
};

const sections: Readonly<Record<SettingsTab, () => React.ReactNode>> = {
  people: PeopleSection,
  tokens: ApiTokensSection,
  account: AccountSection,
  mesh: MeshFactsSection,
};

/** Who may be here and as what, and what the mesh was started with. */
export function SettingsPage() {
  const [{ tab }, setView] = useQueryStates({ tab: tabParser, q: parseAsString, sort: parseAsString });
  return (
    <>
      <PageHeader title="Settings" />
      <Tabs
        value={tab}
        // Search and order were those of another table.
        onChange={(next) => void setView({ tab: tabParser.parse(next ?? ''), q: null, sort: null })}
        keepMounted={false}
      >
        <Tabs.List className={classes.list ?? ''}>
          {settingsTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {names[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {settingsTabs.map((each) => {
          const Section = sections[each];
          return (
            <Tabs.Panel key={each} value={each}>
              <Section />
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </>
  );
}

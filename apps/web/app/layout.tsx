import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '@/theme/roles.css';
import '@/theme/base.css';
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { ThemeProvider } from '@/theme/theme-provider';
import { MeshProvider } from '@/trpc/provider';
import { Clock } from '@/ui/clock';
import { UrlState } from '@/ui/url-state';

export const metadata: Metadata = { title: { default: 'Tulle', template: '%s · Tulle' } };

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#151820' },
  ],
};

/** Every page belongs to the person who asks; nothing is rendered at build time. */
export const dynamic = 'force-dynamic';

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" />
      </head>
      <body>
        <ThemeProvider>
          <UrlState>
            <Clock renderedAt={Date.now()}>
              <MeshProvider>{children}</MeshProvider>
            </Clock>
          </UrlState>
          <Notifications position="bottom-right" autoClose={6_000} />
        </ThemeProvider>
      </body>
    </html>
  );
}

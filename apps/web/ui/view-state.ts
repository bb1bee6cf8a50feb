import { createLoader, parseAsBoolean, parseAsStringLiteral } from 'nuqs/server';

/** How far back every page looks; the URL says it, so that a link shows the same. */
export const windows = ['1m', '5m', '15m', '30m', '1h'] as const;
export type Window = (typeof windows)[number];

const minutes: Record<Window, number> = { '1m': 1, '5m': 5, '15m': 15, '30m': 30, '1h': 60 };

export const defaultWindow: Window = '15m';
export const windowParser = parseAsStringLiteral(windows).withDefault(defaultWindow);
export const pausedParser = parseAsBoolean.withDefault(false);

export function windowMsOf(window: Window): number {
  return minutes[window] * 60_000;
}

/** `15 min`, as it stands beside numbers. */
export function windowText(window: Window): string {
  return window === '1h' ? '1\u2009h' : `${minutes[window]}\u2009min`;
}

const load = createLoader({ window: windowParser });

/** The window a page was asked for, on the server. */
export async function windowMsFrom(
  searchParams: Promise<Record<string, string | string[] | undefined>>,
): Promise<number> {
  const { window } = await load(searchParams);
  return windowMsOf(window);
}

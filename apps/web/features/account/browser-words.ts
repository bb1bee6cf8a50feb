const browsers: readonly (readonly [RegExp, string])[] = [
  // Before those whose names they bear too.
  [/\bEdg\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bChrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** `Firefox on Linux`, as far as a browser says; programs by the first word of what they say. */
export function browserWords(userAgent: string | null): string {
  if (userAgent === null) return 'unknown';
  const [browser, system] = [browsers, systems].map(
    (names) => names.find(([sign]) => sign.test(userAgent))?.[1],
  );
  if (browser === undefined) return userAgent.split(/[ /]/, 1)[0]?.slice(0, 40) || 'unknown';
  return system === undefined ? browser : `${browser} on ${system}`;
}

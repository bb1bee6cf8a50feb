/** What a person types on the host of the service; the token stands in the environment, where `ps` does not show it. */
export function joinCommand(token: { token: string; apiAddress: string }, service: string): string {
  const address = token.apiAddress.includes('://') ? token.apiAddress : `https://${token.apiAddress}`;
  return [
    `TULLE_TOKEN=${shellQuote(token.token)} \\`,
    `npx tulle run --api ${shellQuote(address)} \\`,
    `  --service ${shellQuote(service)} --service-version v1 --port 8080 -- ./start-${service}`,
  ].join('\n');
}

/** Plain words stay as they are; everything else goes into single quotes. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

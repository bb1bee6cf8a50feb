export const smallNodeFlags: readonly string[];
export function restartSmall(): void;

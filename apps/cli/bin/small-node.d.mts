export const smallNodeFlags: readonly string[];
export function restartSmall(program: string): void;

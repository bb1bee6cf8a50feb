export function onAbandoned(stop: () => void): () => void;
export function stopInTime(): void;

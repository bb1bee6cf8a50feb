/** Over how long the editor observes: the shortest window, so that a moved split is soon seen to have moved. */
export const observedMs = 60_000;

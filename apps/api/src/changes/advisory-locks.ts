/** Keys of PostgreSQL's advisory locks, which live in one space for the whole database. */
export const advisoryLocks = {
  /** Held for the length of a passage through the gate: the next revision is taken under it. */
  change: 7_481_100_001,
  /** Held by the one replica that carries out rollouts. */
  rolloutRunner: 7_481_100_002,
  /** Held while the certificate authority is made or its intermediate is renewed. */
  authorities: 7_481_100_003,
  /** Held while partitions of telemetry are made and dropped, and minutes are rolled up. */
  telemetry: 7_481_100_004,
} as const;

/** What the change gate and the views need to know of running instances. */
export interface Fleet {
  /** Connected or recently seen, not revoked; by version. */
  versionsOf(service: string): readonly { readonly version: string; readonly instances: number }[];
  services(): readonly string[];
  /** Whether its instances only call others, as a load generator does; false while there is none. */
  isCaller(service: string): boolean;
  /** Connected agents that hold this service's view and would take a change of it. */
  holders(service: string): number;
}

/** What the change gate and the views need to know of running instances. */
export interface Fleet {
  /** Connected or recently seen, not revoked; by version. */
  versionsOf(service: string): readonly { readonly version: string; readonly instances: number }[];
  services(): readonly string[];
  /** Connected agents that hold this service's view and would take a change of it. */
  holders(service: string): number;
}

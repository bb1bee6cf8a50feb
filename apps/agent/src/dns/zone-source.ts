/** Where the names of the zone come from. */
export interface ZoneSource {
  /** Four octets; undefined while no view of the service is there. */
  addressOf(service: string): Uint8Array | undefined;
  /**
   * Asks for the view of a service and calls back once: when a configuration came that has it, or when it was waited
   * for long enough. False when nobody can be asked, or too many wait.
   */
  awaitService(service: string, done: () => void): boolean;
}

/**
 * What a proxy changes about the fields of a head it passes on. Made once where it can be; carried out by the sender of
 * either version of HTTP.
 */
export interface HeadEdit {
  /** By number of a known field: 1 for each to leave out; see {@link dropTable}. */
  readonly dropped: Uint8Array;
  /** Other fields to leave out, names in lower case. */
  readonly removed: ReadonlySet<string> | undefined;
  /** Whole field lines with CRLF, names in lower case, put behind those kept. */
  readonly added: string;
}

export interface RequestEdit extends HeadEdit {
  /** Path and query in place of those that came; '' leaves them. */
  readonly path: string;
  /** Host and port in place of those that came; '' leaves them. `dropped` then must hold Host. */
  readonly authority: string;
}

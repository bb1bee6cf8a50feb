/** Something changed that open pages show; they fetch again what it names. */
export type LiveEvent =
  | { readonly type: 'change'; readonly revision: number; readonly services: readonly string[] }
  | { readonly type: 'ack'; readonly revision: number }
  | { readonly type: 'rollout'; readonly id: string; readonly service: string }
  | { readonly type: 'certificates' }
  | { readonly type: 'agents' }
  | { readonly type: 'join-tokens' }
  | { readonly type: 'people' };

export interface Live {
  /** Ends when the signal aborts. Slow readers lose the oldest events, never the newest. */
  events(signal: AbortSignal): AsyncIterable<LiveEvent>;
}

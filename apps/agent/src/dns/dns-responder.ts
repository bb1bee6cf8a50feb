import { type DnsAnswer, noName, serverFailure, writeAnswer, writeUnusable } from './dns-answer.ts';
import { type DnsQuery, readQuery } from './dns-query.ts';
import { answerFromZone, type ZoneAnswer } from './mesh-zone.ts';
import type { ZoneSource } from './zone-source.ts';

/** Queries that may wait for views at once: each is a name somebody invented, until the view is there. */
const MAX_WAITING = 512;

/** Counts since the process began. */
export interface DnsCounters {
  answered: number;
  /** Names of the zone that were not found. */
  notFound: number;
  /** Other zones, and what cannot be read. */
  refused: number;
}

/** One query in, one answer out: at once, or when it is known whether the service exists. */
export class DnsResponder {
  readonly counters: DnsCounters = { answered: 0, notFound: 0, refused: 0 };
  private readonly source: ZoneSource;
  private waiting = 0;

  constructor(source: ZoneSource) {
    this.source = source;
  }

  /** Calls `reply` once, now or later; false when nothing will be answered. */
  respond(message: Uint8Array, reply: (answer: Uint8Array) => void): boolean {
    const query = readQuery(message);
    if (query === undefined) return false;
    if ('rcode' in query) {
      this.counters.refused++;
      reply(writeUnusable(query));
      return true;
    }
    const finish = (answer: DnsAnswer) => {
      this.count(answer);
      reply(writeAnswer(query, answer));
    };
    const answer = this.answer(query);
    if ('unknownService' in answer) this.askFor(answer.unknownService, query, finish);
    else finish(answer);
    return true;
  }

  private askFor(service: string, query: DnsQuery, finish: (answer: DnsAnswer) => void): void {
    if (this.waiting >= MAX_WAITING) {
      finish(serverFailure);
      return;
    }
    this.waiting++;
    const asked = this.source.awaitService(service, () => {
      this.waiting--;
      const late = this.answer(query);
      finish('unknownService' in late ? noName : late);
    });
    if (asked) return;
    this.waiting--;
    finish(noName);
  }

  private answer(query: DnsQuery): ZoneAnswer {
    return answerFromZone(query, (service) => this.source.addressOf(service));
  }

  private count({ authoritative, rcode }: DnsAnswer): void {
    if (!authoritative) this.counters.refused++;
    else if (rcode === 0) this.counters.answered++;
    else this.counters.notFound++;
  }
}

import { readQuery } from './dns-query.ts';
import { DnsResponder } from './dns-responder.ts';

const orders = Uint8Array.of(127, 64, 1, 2);
const responder = new DnsResponder({
  addressOf: (service) => (service === 'orders' ? orders : undefined),
  awaitService: () => false,
});

/**
 * For a fuzzer: whatever comes in, nothing throws, and an answer fits a datagram, has the number of its query and is no
 * query itself. Throws when that does not hold.
 */
export function fuzzDns(input: Uint8Array): void {
  let answer: Uint8Array | undefined;
  const answers = responder.respond(input, (bytes) => {
    if (answer !== undefined) throw new Error('answered twice');
    answer = bytes;
  });
  if (answers !== (answer !== undefined)) throw new Error('an answer was promised and not given');
  if (answer === undefined) return;
  if (answer.length > 512) throw new Error(`an answer of ${answer.length} octets`);
  if (answer[0] !== input[0] || answer[1] !== input[1]) throw new Error('the answer has another number');
  if (readQuery(answer) !== undefined) throw new Error('the answer reads as a query');
}

import path from 'node:path';

/**
 * What failed in a suite: `{ name, message }` each, from the JSON report that its runner writes. A file that could not
 * be loaded counts as one.
 */
export function failuresOfVitest({ testResults }, root) {
  return testResults.flatMap((file) => {
    const name = path.relative(root, file.name);
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && file.status === 'failed')
      return [{ name, message: plain(file.message ?? '') }];
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${name} > ${fullName}`,
      message: plain(failureMessages.join('\n')),
    }));
  });
}

export function failuresOfPlaywright({ suites, errors }) {
  const messagesOf = (all) => plain(all.map(({ message, value }) => message ?? value ?? '').join('\n'));
  const outside = errors.map((error) => ({ name: 'outside of the tests', message: messagesOf([error]) }));
  const visit = ({ title, specs = [], suites: inner = [] }, above) => {
    const here = [...above, title];
    const failed = specs.filter(({ ok }) => !ok);
    return [
      ...failed.map((spec) => ({
        name: [...here, spec.title].join(' > '),
        message: messagesOf(spec.tests.flatMap(({ results }) => results.flatMap((one) => one.errors ?? []))),
      })),
      ...inner.flatMap((suite) => visit(suite, here)),
    ];
  };
  return [...outside, ...(suites ?? []).flatMap((suite) => visit(suite, []))];
}

/** All failures in at most some `maxLines`, so that the last page of a log has each name and how each message begins. */
export function list(failures, maxLines = 80) {
  const each = Math.min(25, Math.max(2, Math.floor(maxLines / Math.max(1, failures.length)) - 2));
  return failures.flatMap(({ suite, name, message }) => [
    `✗ ${suite}: ${name}`,
    ...relevant(message)
      .slice(0, each)
      .map((line) => `    ${line.slice(0, 240)}`),
  ]);
}

/** Without empty lines and what lies in packages and in Node itself. */
function relevant(message) {
  return message
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at .*(node_modules|\(?node:|<anonymous>)/.test(line));
}

function plain(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of.
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** The last lines of what a command writes. */
export class Tail {
  #text = '';

  take(chunk) {
    this.#text = (this.#text + chunk).slice(-20_000);
  }

  text() {
    return plain(this.#text).trimEnd().split('\n').slice(-40).join('\n');
  }
}
